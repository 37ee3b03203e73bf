package io.walreceiver.server.config;

import io.walreceiver.server.config.Given.Origin;
import io.walreceiver.server.config.Section.Member;
import io.walreceiver.server.config.Section.Option;
import io.walreceiver.server.config.Section.Part;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistakes;
import io.walreceiver.server.input.Node;
import io.walreceiver.server.input.Node.Mapping;
import io.walreceiver.server.input.Node.Scalar;
import io.walreceiver.server.input.Node.Sequence;
import io.walreceiver.server.input.NodeReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads options from a file, YAML or (by its ending) JSON. Names of files in it are relative to it. */
final class FileLayer {

    private static final long MAX_BYTES = 1 << 20;

    private final Path file;
    private final Path base;
    private final Mistakes mistakes;
    private final Layer layer = new Layer();

    private FileLayer(Path file, Mistakes mistakes) {
        this.file = file;
        this.base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of(""));
        this.mistakes = mistakes;
    }

    static Layer read(Path file, Section all, Mistakes mistakes) throws IOException {
        FileLayer reader = new FileLayer(file, mistakes);
        try {
            reader.readPart(NodeReader.read(file, MAX_BYTES), all, "", "the configuration");
        } catch (InvalidFileException e) {
            e.mistakes().forEach(mistakes::add);
        }
        return reader.layer;
    }

    private void readPart(Node node, Section section, String prefix, String what) {
        if (!(node instanceof Mapping mapping)) {
            mistake(
                    node,
                    what + ": found " + node.found() + ", expected a mapping with keys such as "
                            + section.keys().get(0));
            return;
        }
        mistakes.checkKeys(file.toString(), mapping, what, section.keys());
        for (Member member : section.members()) {
            mapping.value(member.key()).ifPresent(value -> readMember(value, member, prefix + member.key()));
        }
    }

    private void readMember(Node value, Member member, String path) {
        if (member instanceof Option option) {
            readOption(value, option, path);
        } else if (member instanceof Part part && part.repeated()) {
            readList(value, part, path);
        } else if (member instanceof Part part) {
            readPart(value, part.section(), path + ".", path);
        }
    }

    private void readOption(Node value, Option option, String path) {
        if (value instanceof Scalar scalar && !scalar.empty()) {
            put(path, scalar);
        } else {
            mistake(
                    value,
                    path + ": found " + value.found() + ", expected "
                            + option.kind(base).expected());
        }
    }

    /** An item that has only its first key may be written without it. */
    private void readList(Node value, Part part, String path) {
        if (!(value instanceof Sequence list)) {
            mistake(value, path + ": found " + value.found() + ", expected a list");
            return;
        }
        layer.putWhole(path);
        for (int i = 0; i < list.items().size(); i++) {
            Node item = list.items().get(i);
            String at = path + "[" + i + "]";
            if (item instanceof Scalar scalar && !scalar.empty()) {
                put(at + "." + part.section().keys().get(0), scalar);
            } else {
                readPart(item, part.section(), at + ".", at);
            }
        }
    }

    private void put(String path, Scalar value) {
        layer.put(path, new Given(value.text(), new Origin(file.toString(), value.line(), value.column(), base)));
    }

    private void mistake(Node at, String what) {
        mistakes.add(file.toString(), at, what);
    }
}
