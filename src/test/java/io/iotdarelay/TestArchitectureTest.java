package io.iotdarelay;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What tests may not do either. */
@AnalyzeClasses(packages = "io.iotdarelay", importOptions = ImportOption.OnlyIncludeTests.class)
class TestArchitectureTest {

    private static final String SIMULATOR = "io.iotdarelay.simulator..";

    /** Or a mistake in our reading of the protocol would be made twice, and pass. */
    @ArchTest
    static final ArchRule the_simulator_is_independent = noClasses()
            .that()
            .resideInAPackage(SIMULATOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(Rooms.MAY_KNOW.keySet().stream()
                    .map(room -> "io.iotdarelay." + room)
                    .toArray(String[]::new));

    /** They await conditions, or drive a clock. Intentional sleeps are named here. */
    @ArchTest
    static final ArchRule no_test_sleeps = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.iotdarelay.guarantees.NothingBlocksIT")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class);

    @ArchTest
    static final ArchRule nothing_is_mocked_by_a_framework =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.mockito..");
}
