package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files and directories of a simulated disk by their paths, and the room that they have. */
final class Tree {

    final DirectoryNode root;
    /** Bytes that all files may have together. */
    long capacity = Long.MAX_VALUE;

    Tree(DirectoryNode root) {
        this.root = root;
    }

    static IOException full(Path file) {
        return new DiskFullException(
                file + ": the simulated disk is full; make room", new IOException("No space left on device"));
    }

    /** How many of the bytes of a write there is room for. */
    long fitting(FileNode node, long at, int length) {
        if (at + length <= node.cache.size() || capacity == Long.MAX_VALUE) {
            return length;
        }
        return Math.max(0, Math.min(length, node.cache.size() + capacity - used(root) - at));
    }

    private static long used(DirectoryNode directory) {
        return directory.names.values().stream()
                .mapToLong(node -> node instanceof FileNode file ? file.cache.size() : used((DirectoryNode) node))
                .sum();
    }

    void add(Path path, Node node) throws IOException {
        DirectoryNode parent = parent(path);
        if (parent.names.containsKey(name(path))) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (capacity != Long.MAX_VALUE && used(root) >= capacity) {
            throw full(path);
        }
        parent.put(name(path), node);
    }

    void rename(Path from, Path to) throws IOException {
        Node node = existing(from);
        Node replaced = find(to);
        if (name(from).equals(name(to))) {
            return;
        }
        if (replaced instanceof DirectoryNode || (replaced != null && node instanceof DirectoryNode)) {
            throw new FileSystemException(
                    from.toString(), to.toString(), "a directory is not replaced and replaces nothing");
        }
        parent(from).rename(name(from), name(to));
    }

    void delete(Path path) throws IOException {
        if (existing(path) instanceof DirectoryNode directory && !directory.names.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        parent(path).remove(name(path));
    }

    private static String name(Path path) {
        return path.normalize().getFileName().toString();
    }

    private DirectoryNode parent(Path path) throws IOException {
        Path parent = path.normalize().getParent();
        Node node = parent == null ? root : find(parent);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (node instanceof DirectoryNode directory) {
            return directory;
        }
        throw new FileSystemException(path.toString(), null, "Not a directory");
    }

    private Node existing(Path path) throws IOException {
        Node node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    FileNode existingFile(Path path) throws IOException {
        if (existing(path) instanceof FileNode file) {
            return file;
        }
        throw new FileSystemException(path.toString(), null, "Is a directory");
    }

    DirectoryNode existingDirectory(Path path) throws IOException {
        if (existing(path) instanceof DirectoryNode directory) {
            return directory;
        }
        throw new NotDirectoryException(path.toString());
    }

    @Nullable
    Node find(Path path) {
        Node node = root;
        for (Path name : path.normalize()) {
            node = node instanceof DirectoryNode directory ? directory.names.get(name.toString()) : null;
        }
        return node;
    }
}
