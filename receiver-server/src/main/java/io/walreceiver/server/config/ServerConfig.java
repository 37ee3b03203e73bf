package io.walreceiver.server.config;

import io.walreceiver.server.input.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All options of the service. Nothing in it is a secret: those are in files, which are named here.
 *
 * @param node what this follower calls itself
 * @param names the file that names entities
 * @param data the data directory
 * @param sources the publishers that are followed
 * @param push where segments are taken that are pushed
 * @param publish where what is durable is passed on
 * @param web the dashboard and the API
 * @param security what holds for every listener and source
 * @param receiver bounds of the receiver
 * @param health what counts as healthy
 * @param reads bounds of the read API
 * @param live bounds of what is sent as it happens
 * @param admin bounds of what operators may have done
 * @param meters what is measured
 * @param logs the log on standard error
 * @param shutdown how the service ends
 * @param demo a leader inside, with real data
 */
public record ServerConfig(
        @Setting(value = "What this follower calls itself.", preset = "follower", most = "255")
        String node,

        @Setting(
                value = "Names of entities: CSV with the header entity_id,name.",
                otherwise = "the file that the schema file names, if it does")
        Optional<Path> names,

        @Setting("The data directory, and what is kept in it.")
        Data data,

        @Setting("Publishers that are followed.") List<Source> sources,
        @Setting("Segments that leaders push over HTTP.") Push push,

        @Setting("What is durable here, for followers of this one.")
        Publish publish,

        @Setting("The dashboard and the API.") Web web,

        @Setting("What holds for every listener and source that has nothing of its own.")
        Security security,

        @Setting("Bounds of the receiver.") Receiver receiver,
        @Setting("What counts as healthy.") Health health,
        @Setting("Bounds of the read API.") Reads reads,
        @Setting("What is sent as it happens.") Live live,
        @Setting("What operators have done.") Admin admin,
        @Setting("What is measured.") Meters meters,
        @Setting("The log on standard error.") Logs logs,
        @Setting("How the service ends.") Shutdown shutdown,
        @Setting("A leader inside, with real data.") Demo demo) {

    public ServerConfig {
        sources = List.copyOf(sources);
    }

    /** The same options with one source, which brings its own schema. */
    public ServerConfig following(Endpoint address, Path directory, Path schema) {
        return new ServerConfig(
                node,
                names,
                data.in(directory, schema),
                List.of(new Source(address, Tls.NONE, Optional.empty(), false)),
                push,
                publish,
                web,
                security,
                receiver,
                health,
                reads,
                live,
                admin,
                meters,
                logs,
                shutdown,
                demo);
    }
}
