package io.walreceiver.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class StarterArchitectureTest {

    private static final String ROOT = "io.walreceiver.spring";
    private static final JavaClasses STARTER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("io.walreceiver.(**)").should().beFreeOfCycles().check(STARTER);
    }

    @Test
    void theBeansThemselvesNeedNeitherWebNorActuatorNorNetty() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT, ROOT + ".config", ROOT + ".schema")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web..",
                        "org.springframework.http..",
                        "org.springframework.boot.health..",
                        "org.springframework.boot.actuate..",
                        "io.micrometer..",
                        "io.netty..",
                        "reactor.netty..",
                        "tools.jackson..")
                .check(STARTER);
    }

    @Test
    void nullIsMarkedEverywhere() {
        JavaPackage root = STARTER.getPackage(ROOT);
        assertThat(root.getSubpackagesInTree()).isNotEmpty();
        assertThat(root.getSubpackagesInTree()).allMatch(each -> each.isAnnotatedWith(NullMarked.class));
        assertThat(root.isAnnotatedWith(NullMarked.class)).isTrue();
    }
}
