package io.walreceiver.storage.disk;

/** What a name stands for: a file or a directory, in the cache and on the medium. */
sealed interface Node permits FileNode, DirectoryNode {

    /** A node of its own with what the medium holds, for each thing that may or may not be there as the loss has it. */
    Node afterPowerLoss(PowerLoss loss);
}
