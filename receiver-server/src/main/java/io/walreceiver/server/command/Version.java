package io.walreceiver.server.command;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the program's version and the Java that runs it. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"receiver " + (version == null ? "(not packaged)" : version), "Java " + Runtime.version()};
    }
}
