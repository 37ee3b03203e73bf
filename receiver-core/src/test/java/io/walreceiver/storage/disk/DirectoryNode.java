package io.walreceiver.storage.disk;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A directory: the names that lists see, and for each that changed since the last sync all that it has stood for since. */
final class DirectoryNode implements Node {

    /** The old name stands for nothing from one state of it on, and the new one for the node. */
    private record Rename(Node node, String from, int fromState, String to, int toState) {}

    final TreeMap<String, Node> names = new TreeMap<>();
    /** By name, first what it stood for at the last sync; null for nothing. */
    private final TreeMap<String, List<@Nullable Node>> states = new TreeMap<>();

    private final List<Rename> renames = new ArrayList<>();
    /** Names that a failed sync took for written: no later one makes them durable as they are. */
    private final Set<String> doomed = new HashSet<>();

    void put(String name, Node node) {
        change(name, node);
    }

    void remove(String name) {
        change(name, null);
    }

    void rename(String from, String to) {
        Node node = names.get(from);
        int toState = change(to, node);
        int fromState = change(from, null);
        renames.add(new Rename(node, from, fromState, to, toState));
    }

    /** The number of the new state among those of the name. */
    private int change(String name, @Nullable Node node) {
        List<@Nullable Node> ofName = states.computeIfAbsent(name, this::current);
        ofName.add(node);
        doomed.remove(name);
        if (node == null) {
            names.remove(name);
        } else {
            names.put(name, node);
        }
        return ofName.size() - 1;
    }

    private List<@Nullable Node> current(String name) {
        List<@Nullable Node> only = new ArrayList<>();
        only.add(names.get(name));
        return only;
    }

    void sync() {
        states.keySet().retainAll(doomed);
        renames.removeIf(rename -> !states.containsKey(rename.from) || !states.containsKey(rename.to));
    }

    void failSync() {
        doomed.addAll(states.keySet());
    }

    @Override
    public DirectoryNode afterPowerLoss(PowerLoss loss) {
        Map<String, Integer> survivors = draw(loss.random);
        finishRenames(survivors);
        DirectoryNode survivor = new DirectoryNode();
        names.forEach((name, node) -> {
            if (!survivors.containsKey(name)) {
                survivor.names.put(name, loss.survivorOf(node));
            }
        });
        survivors.forEach((name, state) -> {
            Node node = states.get(name).get(state);
            if (node != null) {
                survivor.names.put(name, loss.survivorOf(node));
            }
        });
        return survivor;
    }

    private Map<String, Integer> draw(Random random) {
        int manner = random.nextInt(3);
        Map<String, Integer> drawn = new TreeMap<>();
        states.forEach((name, ofName) -> drawn.put(
                name,
                switch (manner) {
                    case 0 -> 0;
                    case 1 -> ofName.size() - 1;
                    default -> random.nextInt(ofName.size());
                }));
        return drawn;
    }

    /** Where the old name is gone by a rename the new one is there; a directory, unlike a file, never has both. */
    private void finishRenames(Map<String, Integer> drawn) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Rename rename : renames) {
                boolean left = drawn.get(rename.from) >= rename.fromState;
                boolean arrived = drawn.get(rename.to) >= rename.toState;
                if (left != arrived && (left || rename.node instanceof DirectoryNode)) {
                    drawn.merge(rename.from, rename.fromState, Math::max);
                    drawn.merge(rename.to, rename.toState, Math::max);
                    changed = true;
                }
            }
        }
    }
}
