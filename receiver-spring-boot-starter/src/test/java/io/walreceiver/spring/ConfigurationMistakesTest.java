package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.spring.config.InvalidConfigurationException;
import io.walreceiver.spring.config.Mistake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class ConfigurationMistakesTest {

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class));

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ReceiverAutoConfiguration.class)
    static class Application {}

    @Test
    void aMistakeIsToldWithItsPlaceAndAnAction(CapturedOutput output) {
        SpringApplication starting = new SpringApplication(Application.class);
        starting.setWebApplicationType(WebApplicationType.NONE);
        String[] arguments = Stream.concat(
                        Stream.of(Generated.SCHEMA), Stream.of("wal-receiver.sources[0].address=udp://leader:7402"))
                .map(property -> "--" + property)
                .toArray(String[]::new);

        assertThat(catchThrowable(() -> starting.run(arguments))).isNotNull();

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Property: wal-receiver.sources[0].address")
                .contains("Value: \"udp://leader:7402\"")
                .contains("Origin: \"wal-receiver.sources[0].address\" from property source \"commandLineArgs\"")
                .contains("Expected: tcp://HOST:PORT")
                .contains("Action:");
    }

    @Test
    void rangesAreToldAllAtOnceAndWithTheWholeName(CapturedOutput output) {
        SpringApplication starting = new SpringApplication(Application.class);
        starting.setWebApplicationType(WebApplicationType.NONE);

        assertThat(catchThrowable(() -> starting.run(
                        "--wal-receiver.health.grace=2d",
                        "--wal-receiver.receiver.max-segment-bytes=512MB",
                        "--wal-receiver.stop-timeout=-1s")))
                .isNotNull();

        assertThat(output)
                .contains("Property: wal-receiver.health.grace")
                .contains("Value: \"2d\"")
                .contains("a value from 0s to 1d")
                .contains("at least max-segment-bytes, which is 512MB")
                .contains("Property: wal-receiver.receiver.max-in-flight-bytes")
                .contains("Property: wal-receiver.stop-timeout")
                .contains("from property source \"commandLineArgs\"");
    }

    @Test
    void aKeyThatIsNotKnownIsTold(CapturedOutput output) {
        SpringApplication starting = new SpringApplication(Application.class);
        starting.setWebApplicationType(WebApplicationType.NONE);

        assertThat(catchThrowable(() -> starting.run("--wal-receiver.sources[0].adress=tcp://leader:7402")))
                .isNotNull();

        assertThat(output).contains("wal-receiver.sources[0].adress");
    }

    @Test
    void aSchemaAndASourceAreNeeded() {
        assertMistakes(List.of("wal-receiver.schema.signals"));
        assertMistakes(List.of("wal-receiver.sources[0].address"), Generated.SCHEMA);
    }

    @Test
    void twoSchemasAreOneTooMany() {
        String[] properties = Stream.concat(
                        Stream.of(Generated.SCHEMA), Stream.of("wal-receiver.schema-location=classpath:schema.yaml"))
                .toArray(String[]::new);
        assertMistakes(List.of("wal-receiver.schema-location"), properties);
    }

    @Test
    void everyMistakeOfASchemaIsTold() {
        assertMistakes(
                List.of(
                        "wal-receiver.schema.signals[0].type",
                        "wal-receiver.schema.signals[0].half-life",
                        "wal-receiver.schema.signals[1].name",
                        "wal-receiver.schema.signals[1].half-life"),
                "wal-receiver.schema.signals[0].type=256",
                "wal-receiver.schema.signals[0].name=view",
                "wal-receiver.schema.signals[0].half-life=7",
                "wal-receiver.schema.signals[1].type=1",
                "wal-receiver.schema.signals[1].name=view",
                "wal-receiver.schema.signals[1].half-life=0s");
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://leader",
        "tcp://leader:0",
        "tcp://leader:65536",
        "tcp://leader:7402/path",
        "tcp:leader",
        "http://leader:7402",
        "/no/such/directory",
        "file:///no/such/directory",
        "''"
    })
    void anAddressMustNameAPublisherOrADirectory(String address) {
        assertMistakes(
                List.of("wal-receiver.sources[0].address"),
                with(Generated.SCHEMA, "wal-receiver.sources[0].address=" + address));
    }

    @Test
    void whatIsInFrontOfAHostIsNotShown() {
        List<Mistake> mistakes =
                mistakes(with(Generated.SCHEMA, "wal-receiver.sources[0].address=tcp://user:secret@leader:7402"));
        assertThat(mistakes.toString()).doesNotContain("secret");
    }

    @Test
    void aDirectoryHasNoTls() {
        assertMistakes(
                List.of("wal-receiver.sources[0].ssl.bundle", "wal-receiver.sources[0].token"),
                with(
                        Generated.SCHEMA,
                        Generated.SOURCE,
                        "wal-receiver.sources[0].ssl.bundle=leader",
                        "wal-receiver.sources[0].token=token"));
    }

    @Test
    void aBundleMustBeThere() {
        assertMistakes(
                List.of("wal-receiver.sources[0].ssl.bundle"),
                with(
                        Generated.SCHEMA,
                        "wal-receiver.sources[0].address=tcp://127.0.0.1:7402",
                        "wal-receiver.sources[0].ssl.bundle=leader"));
    }

    @Test
    void aTokenIsNotSentInTheClearAndNotShown(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdefghijklmnop");
        String[] properties = with(
                Generated.SCHEMA,
                "wal-receiver.sources[0].address=tcp://leader.invalid:7402",
                "wal-receiver.sources[0].token=" + token);
        assertMistakes(List.of("wal-receiver.sources[0].ssl.bundle"), properties);

        assertMistakes(
                List.of("wal-receiver.sources[0].token"),
                with(
                        Generated.SCHEMA,
                        "wal-receiver.sources[0].address=tcp://127.0.0.1:7402",
                        "wal-receiver.sources[0].token=" + folder.resolve("none")));
    }

    @Test
    void dataMustBeInADirectoryThatIsThere(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        for (Path data : List.of(file, folder.resolve("a/b"))) {
            assertMistakes(
                    List.of("wal-receiver.data"),
                    with(Generated.SCHEMA, Generated.SOURCE, "wal-receiver.data=" + data));
        }
    }

    @Test
    void dataUnderAnotherSchemaAreToldAtTheStart(@TempDir Path folder) {
        String data = "wal-receiver.data=" + folder.resolve("data");
        application
                .withPropertyValues(with(Generated.SCHEMA, Generated.SOURCE, data))
                .run(context -> Generated.awaitAll(context.getBean(SegmentReceiver.class)));
        String[] another =
                with(Generated.SCHEMA, Generated.SOURCE, data, "wal-receiver.schema.signals[0].half-life=8d");
        assertThat(mistakes(another)).singleElement().satisfies(mistake -> {
            assertThat(mistake.property()).isEqualTo("wal-receiver.data");
            assertThat(mistake.action()).contains("Restore the schema");
        });

        String[] renamed = with(Generated.SCHEMA, Generated.SOURCE, data, "wal-receiver.schema.signals[0].name=seen");
        assertThat(mistakes(renamed).get(0).action()).contains("wal-receiver.storage.adopt-schema-changes=true");
        application
                .withPropertyValues(with(renamed, "wal-receiver.storage.adopt-schema-changes=true"))
                .run(context -> Generated.awaitAll(context.getBean(SegmentReceiver.class)));
    }

    @Test
    void aDataDirectoryThatIsDamagedIsToldAtTheStart(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("receiver-data"), "nonsense");
        assertMistakes(
                List.of("wal-receiver.data"), with(Generated.SCHEMA, Generated.SOURCE, "wal-receiver.data=" + data));
    }

    private static String[] with(String[] properties, String... more) {
        return Stream.of(properties, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private void assertMistakes(List<String> properties, String... said) {
        assertThat(mistakes(said)).extracting(Mistake::property).containsExactlyElementsOf(properties);
    }

    private List<Mistake> mistakes(String... said) {
        List<Mistake> mistakes = new ArrayList<>();
        application.withPropertyValues(said).run(context -> {
            assertThat(context).hasFailed();
            mistakes.addAll(of(context.getStartupFailure()));
        });
        return mistakes;
    }

    private static List<Mistake> of(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigurationException invalid) {
                return invalid.mistakes();
            }
        }
        throw new AssertionError("it failed otherwise", failure);
    }
}
