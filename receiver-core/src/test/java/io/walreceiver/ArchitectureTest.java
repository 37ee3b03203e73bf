package io.walreceiver;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One way down: facade, pipeline, stage, segment; never up, never sideways. */
class ArchitectureTest {

    private static final String ROOT = "io.walreceiver";

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** What of this library each package may use, beside itself. */
    @ParameterizedTest
    @CsvSource({
        "checksum, ''",
        "format, checksum",
        "schema, ''",
        "outcome, format",
        "log, format",
        "dedupe, format",
        "verify, format checksum",
        "decode, format schema",
        "ledger, format schema",
        "transport, format log outcome checksum",
        "transport.netty.security, format",
        "storage.quarantine, format storage.disk",
        "route, format log outcome transport",
        "storage.disk, ''",
        "storage.records, storage.disk format schema",
        "storage.checkpoint, storage.disk storage.records checksum format ledger",
        "storage.wal, storage.disk format checksum verify",
        "storage, checksum format ledger schema verify",
        "replay, format log outcome ledger storage",
        "publication, transport storage format log",
    })
    void aPackageUsesOnlyWhatLiesBelowIt(String name, String below) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(below.split(" ")))
                .filter(word -> !word.isEmpty())
                .map(word -> ROOT + "." + word + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(
                        ours().and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed))))
                .as("classes of " + name + " use nothing of the library but " + List.of(allowed))
                .check(CORE);
    }

    @ParameterizedTest
    @CsvSource({"route", "dedupe", "verify", "decode", "replay"})
    void stagesDoNotKnowEachOther(String stage) {
        for (String other : List.of("route", "dedupe", "verify", "decode", "replay")) {
            if (!other.equals(stage)) {
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + "." + stage + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(ROOT + "." + other + "..")
                        .check(CORE);
            }
        }
    }

    /** But for what only watches it. */
    @Test
    void nothingDependsOnTheFacade() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".health..", ROOT + ".metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(CORE);
    }

    @Test
    void nothingKnowsWhoWatches() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".health..", ROOT + ".metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".health..", ROOT + ".metrics..")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".health..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".metrics..")
                .check(CORE);
    }

    @Test
    void onlyTheMetersKnowTheirLibrary() {
        noClasses()
                .that(ours().and(resideOutsideOfPackage(ROOT + ".metrics..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(CORE);
    }

    @Test
    void onlyTheFacadeReadsOptions() {
        classes()
                .that()
                .belongToAnyOf(ReceiverOptions.class)
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(ROOT)
                .check(CORE);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CORE);
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void theCoreKnowsNoNetworkLibraryNoFrameworkAndNoParser() {
        noClasses()
                .that(ours().and(resideOutsideOfPackage(ROOT + ".transport.netty..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..",
                        "reactor.netty..",
                        "org.springframework..",
                        "com.fasterxml.jackson..",
                        "tools.jackson..")
                .check(CORE);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<JavaPackage> packages = Stream.concat(
                        Stream.of(CORE.getPackage(ROOT)), CORE.getPackage(ROOT).getSubpackagesInTree().stream())
                .filter(one -> !one.getClasses().isEmpty())
                .toList();
        assertThat(packages).hasSizeGreaterThan(12);
        assertThat(packages)
                .allSatisfy(one -> assertThat(one.isAnnotatedWith(NullMarked.class))
                        .as(one.getName())
                        .isTrue());
    }

    private static DescribedPredicate<JavaClass> ours() {
        return resideInAPackage(ROOT + "..");
    }
}
