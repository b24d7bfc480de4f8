package io.iotdarelay;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.iotdarelay.settings.InvalidSettingsException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The permitted dependencies, and what no code may do. Each rule is a sentence of {@code docs/architecture.md}. */
@AnalyzeClasses(packages = "io.iotdarelay", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String BASE = "io.iotdarelay";

    /** What runs on the poll thread, on a thread of the admin client, on a thread of the directory, at the very end, or in a verb. */
    private static final Set<String> MAY_WAIT = Set.of(
            "PollLoop",
            "ClusterAdmin",
            "Settlements",
            "Relay",
            "RelayLifecycle",
            "CompactedTopic",
            "IotdaClients",
            "ApplicationConnections",
            "HttpsConnections",
            "RegistryConnections",
            "RegistryInquiry",
            "CommandPlatform",
            "ApplicationCheck",
            "PlatformCalls",
            "FileWatch",
            "ReadingPace",
            "RedriveTopic",
            "Redriver",
            "PauseStore",
            "Issuer",
            "PeerClient",
            "RelayApi",
            "ThisProcess");

    private static final List<String> ROOMS = Rooms.MAY_KNOW.keySet().stream().toList();

    @ArchTest
    static void roomsDependOnlyAlongTheTable(JavaClasses relay) {
        Rooms.MAY_KNOW.forEach((room, others) -> {
            String[] unknown = ROOMS.stream()
                    .filter(other -> !other.equals(room) && !others.contains(other))
                    .map(ArchitectureTest::packageOf)
                    .toArray(String[]::new);
            if (unknown.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(packageOf(room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(unknown)
                        .because("the room '" + room + "' may know " + others)
                        .check(relay);
            }
        });
    }

    @ArchTest
    static void theTableGrantsNothingThatIsNotUsed(JavaClasses relay) {
        Map<String, List<String>> used = new LinkedHashMap<>();
        Rooms.MAY_KNOW.forEach((room, others) -> used.put(
                room,
                others.stream()
                        .filter(other -> relay.stream()
                                .filter(each -> each.getPackageName().equals(packageOf(room)))
                                .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                                .anyMatch(dependency -> dependency
                                        .getTargetClass()
                                        .getPackageName()
                                        .equals(packageOf(other))))
                        .toList()));
        assertThat(Rooms.MAY_KNOW).isEqualTo(used);
    }

    @ArchTest
    static void everyPackageIsARoom(JavaClasses relay) {
        assertThat(relay)
                .extracting(JavaClass::getPackageName)
                .allSatisfy(name -> assertThat(name.equals(BASE) || ROOMS.contains(name.substring(BASE.length() + 1)))
                        .as(name)
                        .isTrue());
    }

    @ArchTest
    static final ArchRule rooms_are_free_of_cycles =
            slices().matching(BASE + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nobody_knows_the_main_class = noClasses()
            .that()
            .resideInAPackage(BASE + ".*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE);

    @ArchTest
    static final ArchRule
            kafka_is_known_only_to_its_room_and_source_and_settle_and_who_reads_state_from_topics_and_verbs = only(
                            "org.apache.kafka..", "org.springframework.kafka..")
                    .areKnownTo("kafka", "source", "settle", "devices", "tokens", "pauses", "redrive", "commands");

    @ArchTest
    static final ArchRule netty_is_known_only_to_egress_and_iotda_and_appside_and_registry_and_access_and_group = only(
                    "reactor.netty.http..", "io.netty..")
            .areKnownTo("egress", "iotda", "appside", "registry", "access", "group");

    @ArchTest
    static final ArchRule resilience4j_is_known_only_to_limits =
            only("io.github.resilience4j..").areKnownTo("limits");

    @ArchTest
    static final ArchRule micrometer_is_known_only_to_metrics =
            only("io.micrometer..", "io.prometheus..").areKnownTo("metrics");

    @ArchTest
    static final ArchRule opentelemetry_is_known_only_to_tracing =
            only("io.opentelemetry..").areKnownTo("tracing");

    @ArchTest
    static final ArchRule the_command_line_is_known_only_to_its_rooms =
            only("picocli..").areKnownTo("client", "commands");

    @ArchTest
    static final ArchRule the_service_does_not_load_the_verbs = noClasses()
            .that()
            .resideInAPackage(BASE)
            .and()
            .doNotHaveSimpleName("CommandLineStart")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule tokens_of_users_are_known_only_to_access =
            only("com.nimbusds..", "org.springframework.security..").areKnownTo("access");

    @ArchTest
    static final ArchRule jsonata_is_known_only_to_expression =
            only("com.dashjoin..").areKnownTo("expression");

    @ArchTest
    static final ArchRule caffeine_is_known_only_to_auth_and_access_and_provisioning =
            only("com.github.benmanes..").areKnownTo("auth", "access", "provisioning");

    @ArchTest
    static final ArchRule ssl_bundles_are_known_only_to_tls_and_who_makes_connections =
            only("org.springframework.boot.ssl..")
                    .areKnownTo("tls", "egress", "iotda", "appside", "registry", "access", "group");

    @ArchTest
    static final ArchRule avro_and_protobuf_are_known_only_to_schemas =
            only("org.apache.avro..", "com.google.protobuf..", "com.squareup..").areKnownTo("schemas");

    @ArchTest
    static final ArchRule json_is_known_only_to_rooms_that_read_and_write_values = only("tools.jackson..")
            .areKnownTo(
                    "decode",
                    "schemas",
                    "model",
                    "expression",
                    "mapping",
                    "devices",
                    "iotda",
                    "appside",
                    "registry",
                    "pauses",
                    "group",
                    "pipeline",
                    "readback",
                    "client",
                    "desk",
                    "commands");

    @ArchTest
    static final ArchRule the_spring_container_appears_only_in_configuration_properties_operate_access_desk_and_main =
            noClasses()
                    .that()
                    .resideInAnyPackage(rooms(room ->
                            !Set.of("operate", "access", "desk", "settings").contains(room)))
                    .and(not(simpleNameEndingWith("Configuration")))
                    .and(not(simpleNameEndingWith("Properties")))
                    .and(not(partOf("Configuration")))
                    .and(not(partOf("RelayLifecycle")))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("org.springframework..")
                            .and(not(resideInAnyPackage(
                                    "org.springframework.kafka..",
                                    "org.springframework.util..",
                                    "org.springframework.boot.ssl.."))));

    @ArchTest
    static final ArchRule the_vocabulary_is_records_enums_and_interfaces = classes()
            .that()
            .resideInAPackage(packageOf("telemetry"))
            .and()
            .doNotHaveSimpleName("package-info")
            .should()
            .beRecords()
            .orShould()
            .beEnums()
            .orShould()
            .beInterfaces();

    @ArchTest
    static final ArchRule properties_are_records = classes()
            .that()
            .areAnnotatedWith(ConfigurationProperties.class)
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule nobody_blocks = noClasses()
            .that(DescribedPredicate.describe(
                    "are not on a thread that may wait", each -> !MAY_WAIT.contains(each.getSimpleName())))
            .should()
            .accessTargetWhere(waits())
            .because("only the poll thread, the directory's threads and the end of the process may wait");

    @ArchTest
    static final ArchRule time_comes_from_a_clock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(RelayApplication.class.getName())
            .and()
            .doNotHaveSimpleName("CommandLineStart")
            .and()
            .doNotHaveSimpleName("ClientStart")
            .should()
            .accessTargetWhere(tellsTimeOfItsOwn());

    @ArchTest
    static final ArchRule nothing_is_injected_into_fields =
            noFields().should().beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired");

    @ArchTest
    static final ArchRule there_is_no_static_mutable_state =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule fields_are_private = fields().that()
            .areDeclaredInClassesThat()
            .areNotEnums()
            .and()
            .areNotStatic()
            .and()
            .haveNameNotContaining("$")
            .should()
            .bePrivate();

    @ArchTest
    static final ArchRule expected_failures_are_values = noClasses()
            .that()
            .resideInAnyPackage(rooms(room -> !room.equals("settings")))
            .and()
            .doNotHaveFullyQualifiedName(BASE + ".expression.ExceededException") // never leaves its room
            .should()
            .beAssignableTo(RuntimeException.class)
            .because("only an invalid configuration is reported by an exception, "
                    + InvalidSettingsException.class.getName()
                    + "; JSONata's library can only be stopped by one");

    @ArchTest
    static void secretsAreNeverPrinted(JavaClasses relay) {
        Set<String> secrets =
                Set.of("DeviceSecret", "AccessToken", "Signature", "AccessKey", "Signed", "Unsigned", "HttpReply");
        for (JavaClass each : relay) {
            if (secrets.contains(each.getSimpleName())
                    && each.getPackageName().matches(".*\\.(telemetry|iotda|appside)")) {
                assertThat(each.tryGetMethod("toString"))
                        .as("toString of " + each.getName())
                        .isPresent();
            }
        }
    }

    @ArchTest
    static void everyPackageIsNullMarkedAndExplained(JavaClasses relay) {
        for (JavaClass each : relay) {
            assertThat(each.getPackage().isAnnotatedWith(NullMarked.class))
                    .as(each.getPackageName())
                    .isTrue();
        }
    }

    @ArchTest
    static void aRoomShowsFewPublicTypes(JavaClasses relay) {
        Map<String, Integer> most =
                Map.of("telemetry", 30, "mapping", 20, "appside", 14, "devices", 14, "model", 13, "metrics", 15);
        for (String room : ROOMS) {
            long shown = relay.stream()
                    .filter(each -> each.getPackageName().equals(packageOf(room)))
                    .filter(each ->
                            each.isTopLevelClass() && each.getModifiers().contains(JavaModifier.PUBLIC))
                    .count();
            assertThat(shown).as("public types of " + room).isLessThanOrEqualTo(most.getOrDefault(room, 12));
        }
    }

    private static String packageOf(String room) {
        return BASE + "." + room;
    }

    private static String[] rooms(java.util.function.Predicate<String> which) {
        return ROOMS.stream().filter(which).map(ArchitectureTest::packageOf).toArray(String[]::new);
    }

    private static Fence only(String... packages) {
        return new Fence(List.of(packages));
    }

    /** Nested and anonymous classes of something. */
    private static DescribedPredicate<JavaClass> partOf(String nameEnd) {
        return DescribedPredicate.describe(
                "part of " + nameEnd,
                each -> each.getName().replaceAll("\\$.*", "").endsWith(nameEnd));
    }

    private static DescribedPredicate<JavaAccess<?>> waits() {
        Set<String> names = Set.of(
                "block",
                "blockFirst",
                "blockLast",
                "blockOptional",
                "sleep",
                "join",
                "await",
                "park",
                "parkNanos",
                "take");
        return DescribedPredicate.describe("waits", access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getTarget().getName();
            boolean java = owner.startsWith("java.util.concurrent.") || owner.equals(Thread.class.getName());
            boolean waits = names.contains(name) && (java || owner.startsWith("reactor."));
            boolean gets = name.equals("get") && owner.matches("java\\.util\\.concurrent\\.(Completable)?Future");
            boolean polls = name.equals("poll") && owner.startsWith("java.util.concurrent.Blocking");
            return waits || gets || polls;
        });
    }

    private static DescribedPredicate<JavaAccess<?>> tellsTimeOfItsOwn() {
        return DescribedPredicate.describe("tells the time without a clock", access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getTarget().getName();
            return (owner.equals(System.class.getName())
                            && Set.of("currentTimeMillis", "nanoTime").contains(name))
                    || (owner.equals(Instant.class.getName()) && name.equals("now"))
                    || (owner.equals(Clock.class.getName()) && name.startsWith("system"));
        });
    }

    /** Packages that only some rooms may depend on. */
    private record Fence(List<String> packages) {

        ArchRule areKnownTo(String... allowed) {
            Set<String> insiders = Set.of(allowed);
            return noClasses()
                    .that()
                    .resideInAnyPackage(rooms(room -> !insiders.contains(room)))
                    .should(new DependOn(packages));
        }
    }

    private static final class DependOn extends ArchCondition<JavaClass> {
        private final DescribedPredicate<JavaClass> packages;

        DependOn(List<String> packages) {
            super("depend on %s", packages);
            this.packages = resideInAnyPackage(packages.toArray(String[]::new));
        }

        @Override
        public void check(JavaClass item, ConditionEvents events) {
            item.getDirectDependenciesFromSelf().stream()
                    .filter(dependency -> packages.test(dependency.getTargetClass()))
                    .forEach(dependency ->
                            events.add(SimpleConditionEvent.satisfied(dependency, dependency.getDescription())));
        }
    }
}
