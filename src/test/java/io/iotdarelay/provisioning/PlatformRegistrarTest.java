package io.iotdarelay.provisioning;

import static io.iotdarelay.testing.ScriptedSide.direct;
import static io.iotdarelay.testing.ScriptedSide.in;
import static io.iotdarelay.testing.ScriptedSide.said;
import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.google.re2j.Pattern;
import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.Device.Status;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.mapping.Provisioning;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.ProvisionRequest;
import io.iotdarelay.testing.Logged;
import io.iotdarelay.testing.ScriptedSide;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class PlatformRegistrarTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final VirtualTimeScheduler thread = VirtualTimeScheduler.create();
    private final ScriptedSide side = new ScriptedSide(thread);
    private final Map<String, Provisioning> rules = new HashMap<>(Map.of("route", allowed(3, false, false)));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PlatformRegistrar registrar = registrar(side, thread);

    @RegisterExtension
    final Logged logged = Logged.by("io.iotdarelay.provisioning", Level.DEBUG);

    private int secrets;
    private boolean secretsFail;

    private PlatformRegistrar registrar(ScriptedSide of, Scheduler on) {
        return new PlatformRegistrar(
                of,
                route -> Optional.ofNullable(rules.get(route)),
                this::secret,
                new RegistrationLog(new RegistrationMeters(registry), this::now),
                on,
                this::now);
    }

    private DeviceSecret secret() {
        if (secretsFail) {
            throw new IllegalStateException("no entropy");
        }
        return new DeviceSecret("secret-of-our-own-" + secrets++);
    }

    private Instant now() {
        return Instant.EPOCH.plusMillis(thread.now(TimeUnit.MILLISECONDS));
    }

    private static Provisioning allowed(int most, boolean dryRun, boolean changeGateway) {
        return new Provisioning(
                Pattern.compile("d.*"),
                Pattern.compile("g.*"),
                PermittedDevices.ALL,
                false,
                most,
                dryRun,
                changeGateway);
    }

    @Test
    void createsADevice() {
        assertThat(register(request("d1"))).isInstanceOfSatisfying(Registration.Created.class, created -> {
            assertThat(created.device()).isEqualTo(side.devices().get(device("d1")));
            assertThat(created.device().secret()).isPresent();
        });
        assertThat(count("created")).isEqualTo(1);
        assertThat(lines(Level.INFO)).containsExactly("A device was created on the platform");
    }

    /** A child's secret is of no use. */
    @Test
    void createsAChild() {
        assertThat(register(child("d1", "g1")))
                .isInstanceOfSatisfying(
                        Registration.Created.class,
                        created -> assertThat(created.device().gateway()).contains(device("g1")));
    }

    @Test
    void nothingHappensBeforeSomebodySubscribes() {
        registrar.register(request("d1"));
        thread.advanceTimeBy(LONG);

        assertThat(side.calls()).isEmpty();
    }

    /** Single flight: the second one has the first one's answer. */
    @Test
    void createsADeviceOnceAtATime() {
        List<Registration> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            registrar.register(request("d1")).subscribe(answers::add);
        }
        thread.advanceTimeBy(LONG);

        assertThat(side.calls()).containsExactly("create d1");
        assertThat(answers).hasSize(100).hasOnlyElementsOfType(Registration.Created.class);
        assertThat(count("created")).isEqualTo(1);
    }

    @Test
    void goesOnIfNobodyWaitsAnyMore() {
        Disposable waiting = registrar.register(request("d1")).subscribe();
        thread.advanceTimeBy(Duration.ofMillis(500));
        waiting.dispose();
        thread.advanceTimeBy(LONG);

        assertThat(count("created")).isEqualTo(1);
    }

    @Test
    void isDoneWithADeviceAfterwards() {
        register(request("d1"));

        assertThat(register(request("d1"))).isInstanceOf(Registration.Existed.class);
        assertThat(side.calls()).containsExactly("create d1", "create d1", "get d1");
    }

    /** The loser sees that it exists, and takes the secret from there. */
    @Test
    void twoInstancesEndWithTheSameSecret() {
        PlatformRegistrar other = registrar(side, thread);
        List<Registration> answers = new ArrayList<>();
        registrar.register(request("d1")).subscribe(answers::add);
        other.register(request("d1")).subscribe(answers::add);
        thread.advanceTimeBy(LONG);

        assertThat(answers).hasSize(2);
        assertThat(answers.get(0)).isInstanceOf(Registration.Created.class);
        assertThat(answers.get(1)).isInstanceOf(Registration.Existed.class);
        assertThat(((Registration.Existed) answers.get(1)).device())
                .isEqualTo(((Registration.Created) answers.get(0)).device());
    }

    @Test
    void aLostAnswerDoesNoHarm() {
        side.losesAnswers(true);

        assertThat(register(request("d1")))
                .isInstanceOfSatisfying(
                        Registration.Created.class,
                        created -> assertThat(created.device().secret())
                                .contains(new DeviceSecret("secret-of-our-own-0")));
    }

    /** The answer is lost, and so is the one to the question. Later the platform's secret counts, not another new one. */
    @Test
    void aLostAnswerDoesNoHarmEvenIfNothingElseIsHeard() {
        side.losesAnswers(true);
        registrar.register(request("d1")).subscribe();
        thread.advanceTimeBy(Duration.ofMillis(100));
        side.answersNext(new Answer.Unreachable<>("no answer", true));
        thread.advanceTimeBy(LONG);
        assertThat(count("withheld")).isEqualTo(1);

        side.losesAnswers(false);
        assertThat(register(request("d1")))
                .isInstanceOfSatisfying(
                        Registration.Existed.class,
                        existed -> assertThat(existed.device().secret())
                                .contains(new DeviceSecret("secret-of-our-own-0")));
    }

    @Test
    void asksThePlatformForNothingThatTheRouteDoesNotAllow() {
        assertThat(refusal(request("x1"))).isEqualTo("its ID is none of those that the route creates (provision.ids)");
        assertThat(refusal(new ProvisionRequest("other", device("d1"), "p", "n", Optional.empty(), Optional.empty())))
                .isEqualTo("the route other creates no devices");
        assertThat(refusal(new ProvisionRequest("route", device("d1"), "p q", "n", Optional.empty(), Optional.empty())))
                .contains("'p q' is no ID of a product");
        assertThat(side.calls()).isEmpty();
        assertThat(count("refused")).isEqualTo(2);
        assertThat(logged.lines())
                .as("hostile records must not fill the log")
                .allSatisfy(line -> assertThat(line.getLevel()).isEqualTo(Level.DEBUG));
    }

    @Test
    void keepsToTheCap() {
        for (int i = 0; i < 3; i++) {
            assertThat(register(request("d" + i))).isInstanceOf(Registration.Created.class);
        }
        for (int i = 3; i < 10; i++) {
            assertThat(register(request("d" + i))).isInstanceOfSatisfying(Registration.Withheld.class, withheld -> {
                assertThat(withheld.why())
                        .isEqualTo("the route has created 3 devices within an hour, as many as it may"
                                + " (provision.most-per-hour)");
                assertThat(withheld.soon()).isFalse();
                assertThat(withheld.next().orElseThrow()).isBetween(Duration.ofMinutes(47), Duration.ofMinutes(58));
            });
        }
        assertThat(lines(Level.WARN))
                .as("said once")
                .containsExactly(
                        "The route creates no more devices for now: it has reached its cap (provision.most-per-hour)");

        thread.advanceTimeBy(Duration.ofHours(1));
        assertThat(register(request("d5"))).isInstanceOf(Registration.Created.class);
        assertThat(count("created")).isEqualTo(4);
        assertThat(count("capped")).isEqualTo(7);
    }

    @Test
    void routesHaveCapsOfTheirOwn() {
        rules.put("other", allowed(1, false, false));
        for (int i = 0; i < 3; i++) {
            register(request("d" + i));
        }

        assertThat(register(new ProvisionRequest("other", device("d9"), "p", "d9", Optional.empty(), Optional.empty())))
                .isInstanceOf(Registration.Created.class);
    }

    /** A mistake in the configuration must not use the cap up. */
    @Test
    void whatIsNotCreatedDoesNotCountForTheCap() {
        for (int i = 0; i < 10; i++) {
            side.answersNext(new Answer.Refused<>(said(404, "IOTDA.000404")));
            assertThat(register(request("d" + i))).isInstanceOf(Registration.Refused.class);
            side.answersNext(new Answer.Throttled<>(said(429, "x"), Optional.empty()));
            assertThat(register(request("d" + i))).isInstanceOf(Registration.Withheld.class);
        }
        side.with(direct("there", "p", "s"));
        assertThat(register(request("d1"))).isInstanceOf(Registration.Created.class);
    }

    /** It may have been created. */
    @Test
    void aLostAnswerCountsForTheCap() {
        for (int i = 0; i < 3; i++) {
            side.answersNext(new Answer.Unreachable<>("lost", true))
                    .answersNext(new Answer.Unreachable<>("lost", true));
            assertThat(register(request("d" + i))).isEqualTo(new Registration.Withheld("lost", true));
        }
        assertThat(register(request("d4"))).isInstanceOf(Registration.Withheld.class);
        assertThat(count("capped")).isEqualTo(1);
    }

    /** Another try for the same device takes no other slot, or ten devices would use up the cap of a hundred. */
    @Test
    void aLostAnswerCountsOnceForADevice() {
        for (int i = 0; i < 10; i++) {
            side.answersNext(new Answer.Unreachable<>("lost", true))
                    .answersNext(new Answer.Unreachable<>("lost", true));
            assertThat(register(request("d1"))).isEqualTo(new Registration.Withheld("lost", true));
        }
        for (String device : List.of("d1", "d2", "d3")) {
            assertThat(register(request(device))).isInstanceOf(Registration.Created.class);
        }
        assertThat(register(request("d4"))).isInstanceOf(Registration.Withheld.class);
        assertThat(count("capped")).isEqualTo(1);
    }

    /** They may all be refused, and leave the cap to others. */
    @Test
    void whatIsUnderWayLetsOthersWait() {
        side.answersNext(new Answer.Refused<>(said(400, "IOTDA.000006")));
        List<Registration> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            registrar.register(request("d" + i)).subscribe(answers::add);
        }
        thread.advanceTimeBy(LONG);

        assertThat(answers.getFirst())
                .isEqualTo(new Registration.Withheld(
                        "as many devices are being created as the route still may within the hour"
                                + " (provision.most-per-hour)",
                        true));
        assertThat(register(request("d3"))).isInstanceOf(Registration.Created.class);
    }

    @Test
    void aDryRunSaysOnceWhatItWouldDo() {
        rules.put("route", allowed(3, true, false));
        for (int i = 0; i < 5; i++) {
            assertThat(register(request("d1")))
                    .isEqualTo(new Registration.Withheld("it would be created, but for provision.dry-run"));
        }
        register(request("d2"));
        register(request("d3"));
        assertThat(register(request("d4")))
                .as("beyond the cap")
                .isInstanceOfSatisfying(
                        Registration.Withheld.class,
                        withheld -> assertThat(withheld.why()).contains("most-per-hour"));

        assertThat(side.calls()).isEmpty();
        assertThat(count("dry-run")).isEqualTo(3);
        assertThat(lines(Level.INFO)).hasSize(3).containsOnly("A device would be created on the platform (dry-run)");
    }

    @Test
    void takesNoDeviceThatIsAnotherOne() {
        side.with(direct("d1", "q", "s")).with(in(Status.FROZEN, direct("d2", "p", "s")));

        assertThat(refusal(request("d1"))).isEqualTo("it exists, with the product q and not p");
        assertThat(refusal(request("d2"))).isEqualTo("it exists, and is frozen");
        side.with(new Device(
                device("theirs"),
                "d3",
                "p",
                Optional.empty(),
                Status.ONLINE,
                Device.Proof.SECRET,
                Optional.empty(),
                Optional.empty()));
        assertThat(refusal(request("d3"))).contains("belongs to another device: theirs");
        assertThat(lines(Level.WARN)).hasSize(3).containsOnly("A device was not created on the platform");
    }

    @Test
    void movesAChildOnlyWhereTheRouteAllowsIt() {
        side.with(direct("d1", "p", "s").behind(device("g1")));
        assertThat(refusal(child("d1", "g2")))
                .isEqualTo("it exists, behind the gateway g1 and not g2 (provision.change-gateway would move it)");

        rules.put("route", allowed(3, false, true));
        assertThat(register(child("d1", "g2")))
                .isInstanceOfSatisfying(
                        Registration.Existed.class,
                        existed -> assertThat(existed.device().gateway()).contains(device("g2")));
        assertThat(side.calls()).endsWith("move d1 g2");
        assertThat(count("moved")).isEqualTo(1);
    }

    /** Two producers that both claim a child must not move it to and fro without end. */
    @Test
    void movesCountForTheCap() {
        rules.put("route", allowed(3, false, true));
        side.with(direct("d1", "p", "s").behind(device("g1")));
        for (int i = 0; i < 10; i++) {
            register(child("d1", i % 2 == 0 ? "g2" : "g1"));
        }

        assertThat(count("moved")).isEqualTo(3);
        assertThat(count("capped")).isEqualTo(7);
    }

    @Test
    void aMoveMayFail() {
        rules.put("route", allowed(3, false, true));
        side.with(direct("d1", "p", "s").behind(device("g1")));
        registrar.register(child("d1", "g2")).subscribe();
        thread.advanceTimeBy(Duration.ofMillis(1500));
        side.answersNext(new Answer.Absent<>(said(404, "IOTDA.014000")));
        List<Registration> answers = new ArrayList<>();
        registrar.register(child("d1", "g2")).subscribe(answers::add);
        thread.advanceTimeBy(LONG);

        assertThat(answers)
                .containsExactly(new Registration.Refused("the platform refuses it: HTTP 404 IOTDA.014000: words"));
    }

    @Test
    void anOutageIsNoRefusal() {
        for (Answer<Device> failure : List.<Answer<Device>>of(
                new Answer.Misconfigured<>("why", true),
                new Answer.Unreachable<>("why", false),
                new Answer.Withheld<>("why"))) {
            side.answersNext(failure);
            assertThat(register(request("d1"))).isEqualTo(new Registration.Withheld("why", true));
        }
        side.with(direct("d1", "p", "s")).hides(1_000);
        assertThat(register(request("d1")))
                .isEqualTo(new Registration.Withheld(
                        "the platform has it, and does not show it yet:" + " HTTP 400 IOTDA.014031: words", true));
        assertThat(lines(Level.WARN))
                .as("the application side logs its own troubles")
                .isEmpty();
    }

    /** 10,000 unknown devices at once. */
    @Test
    void aFloodStaysWithinTheCap() {
        rules.put("route", allowed(50, false, false));
        List<Registration> answers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            registrar.register(request("d" + i)).subscribe(answers::add);
        }
        thread.advanceTimeBy(LONG);

        assertThat(answers).hasSize(10_000);
        assertThat(side.devices()).hasSize(50);
        assertThat(side.calls()).hasSize(50);
        assertThat(count("withheld")).isEqualTo(9_950);
        for (int i = 50; i < 10_000; i++) {
            registrar.register(request("d" + i)).subscribe();
        }
        thread.advanceTimeBy(LONG);
        assertThat(side.calls()).hasSize(50);
        assertThat(count("capped")).isEqualTo(9_950);
        assertThat(lines(Level.INFO)).hasSize(50);
        assertThat(lines(Level.WARN)).hasSize(1);
    }

    @Test
    void noMoreThanSoManyAreUnderWay() {
        rules.put("route", allowed(100_000, false, false));
        List<Registration> answers = new ArrayList<>();
        for (int i = 0; i < PlatformRegistrar.MOST_UNDER_WAY + 5; i++) {
            registrar.register(request("d" + i)).subscribe(answers::add);
        }
        thread.advanceTimeBy(Duration.ofMillis(1));

        assertThat(answers)
                .containsOnly(new Registration.Withheld("more than 10000 devices are being created", true))
                .hasSize(5);
    }

    /** Warnings are bounded as well. */
    @Test
    void refusalsDoNotFillTheLog() {
        rules.put("route", allowed(1_000, false, false));
        for (int i = 0; i < 300; i++) {
            side.answersNext(new Answer.Refused<>(said(400, "IOTDA.000006")));
            registrar.register(request("d" + i)).subscribe();
            thread.advanceTimeBy(Duration.ofSeconds(2));
        }

        assertThat(lines(Level.WARN)).hasSize(100);
        assertThat(count("refused")).isEqualTo(300);
    }

    @Test
    void aDefectIsAnAnswerAndTheNextRequestIsCarriedOut() {
        secretsFail = true;
        assertThat(register(request("d1")))
                .isInstanceOfSatisfying(
                        Registration.Withheld.class,
                        withheld -> assertThat(withheld.why()).startsWith("a defect of the relay"));
        secretsFail = false;

        assertThat(register(request("d1"))).isInstanceOf(Registration.Created.class);
    }

    @Test
    void answersWhileTheRelayStops() {
        Scheduler stopped = Schedulers.newSingle("stopped");
        stopped.dispose();
        List<Registration> answers = new ArrayList<>();
        registrar(side, stopped).register(request("d1")).subscribe(answers::add);

        assertThat(answers).containsExactly(new Registration.Withheld("the relay is being stopped"));
    }

    @Test
    void logsNoSecretAndNoName() {
        register(new ProvisionRequest("route", device("d1"), "p", "d1", Optional.of("hostile-name"), Optional.empty()));
        side.with(direct("d2", "p", "their-secret"));
        register(request("d2"));
        side.with(direct("d3", "q", "their-secret"));
        register(request("d3"));

        assertThat(logged.lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.toString() + line.getKeyValuePairs())
                        .doesNotContain("secret-of", "their-secret", "hostile-name"));
    }

    @Test
    void saidRemembersSoMany() {
        Said said = new Said();
        for (int i = 0; i < 10_001; i++) {
            said.add(device("d" + i));
        }
        assertThat(said.contains(device("d0"))).isFalse();
        assertThat(said.contains(device("d1"))).isTrue();
    }

    private Registration register(ProvisionRequest request) {
        List<Registration> answers = new ArrayList<>();
        registrar.register(request).subscribe(answers::add);
        thread.advanceTimeBy(LONG);
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private String refusal(ProvisionRequest request) {
        return ((Registration.Refused) register(request)).why();
    }

    private double count(String outcome) {
        return registry
                .find("relay.devices.registrations")
                .tags("route", "route", "outcome", outcome)
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private List<String> lines(Level level) {
        return logged.lines().stream()
                .filter(line -> line.getLevel() == level)
                .map(ILoggingEvent::getMessage)
                .toList();
    }

    private static ProvisionRequest request(String id) {
        return request(id, null);
    }

    private static ProvisionRequest child(String id, String gateway) {
        return request(id, gateway);
    }

    private static ProvisionRequest request(String id, @Nullable String gateway) {
        return new ProvisionRequest(
                "route",
                device(id),
                "p",
                id,
                Optional.empty(),
                Optional.ofNullable(gateway).map(DeviceId::new));
    }
}
