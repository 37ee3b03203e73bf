package io.walreceiver.storage.disk;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;

/** One loss of power. A file that survives under two names is still one file. */
final class PowerLoss {

    final Random random;
    private final Map<Node, Node> survivors = new IdentityHashMap<>();

    PowerLoss(Random random) {
        this.random = random;
    }

    Node survivorOf(Node node) {
        Node survivor = survivors.get(node);
        if (survivor == null) {
            survivor = node.afterPowerLoss(this);
            survivors.put(node, survivor);
        }
        return survivor;
    }
}
