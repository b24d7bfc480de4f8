package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.inFlight;

import io.iotdarelay.benchmark.Options;
import io.iotdarelay.benchmark.Results;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryStatus;
import io.iotdarelay.iotda.RequestCost;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.FakeIotda;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.tracing.RequestTrace;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What one event loop keeps of devices that come and go: lanes, tokens, failures, quarantine, spacing. In virtual time, without a network,
 * so that ten million of them pass in minutes; {@code benchmarks/churn} does the same with a whole relay, and takes an hour and more. One
 * device in ten reports what the platform refuses, one fails at first, one is refused at its authentication, and one keeps failing until
 * it is set aside. Those that the directory knows are the last ones. Prints the live heap, which should not grow once tokens have
 * reached their bound.
 *
 * <pre>{@code
 * --devices=10000000    in all
 * --known=100000        that the directory knows at any time
 * --tokens=50000        relay.tokens.max-devices
 * }</pre>
 */
final class Turnover extends DeliveryWorld {

    private static final int AT_ONCE = 1_000;
    private static final int PRINTS = 20;
    private static final int KINDS = 10;
    private static final String PREFIX = "a-device-of-a-large-fleet-";
    private static final double MEBIBYTE = 1024 * 1024;
    private static final Duration ANSWER = Duration.ofMillis(10);

    private final Options options;
    private final int known;
    private long last = -1;
    private long deliveredCount;
    private long rejectedCount;

    private Turnover(Options options) {
        this.options = options;
        this.known = options.number("known", 100_000);
        this.mostTokens = options.number("tokens", 50_000);
        this.slots = AT_ONCE;
        this.minInterval = Duration.ofSeconds(1);
        this.platform = new Scripted();
        this.devices = new Latest();
    }

    public static void main(String[] args) {
        new Turnover(new Options(args)).run();
    }

    private void run() {
        Results results = new Results("turnover", options, Clock.systemUTC());
        int all = options.number("devices", 10_000_000);
        DeliveryLoop loop = loop();
        System.out.println("| Device IDs so far | delivered | rejected | heap in use |");
        for (int begun = 0; begun < all; begun += AT_ONCE) {
            List<LaneEntry> reports = new ArrayList<>();
            for (int i = begun; i < begun + AT_ONCE; i++) {
                last = i;
                Report report = TestTelemetry.properties(PREFIX + i, "{}");
                reports.add(new LaneEntry(inFlight(assignment, nextOffset++), report));
            }
            loop.enqueue(reports);
            advance(Duration.ofSeconds(2));
            int done = begun + AT_ONCE;
            if (done % (all / PRINTS) == 0) {
                double heap = heap() / MEBIBYTE;
                System.out.printf(
                        Locale.ROOT, "| %,d | %,d | %,d | %.1f MiB |%n", done, deliveredCount, rejectedCount, heap);
                results.add(Map.of(
                        "ids", done, "delivered", deliveredCount, "rejected", rejectedCount, "heapMebibytes", heap));
            }
        }
    }

    @Override
    void settle(List<LaneEntry> entries, Outcome outcome) {
        if (outcome instanceof Outcome.Delivered) {
            deliveredCount += entries.size();
        } else {
            rejectedCount += entries.size();
        }
    }

    private static long numberOf(DeviceId device) {
        return Long.parseLong(device.value().substring(PREFIX.length()));
    }

    private static int kindOf(DeviceId device) {
        return (int) (numberOf(device) % KINDS);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Knows the last devices only, and keeps nothing. */
    private final class Latest implements DeviceDirectory {

        @Override
        public Optional<DirectoryEntry> find(DeviceId device) {
            return numberOf(device) > last - known
                    ? Optional.of(new DirectoryEntry(device, new DeviceSecret("secret"), null))
                    : Optional.empty();
        }

        @Override
        public boolean isLoaded() {
            return true;
        }

        @Override
        public DirectoryStatus status() {
            return new DirectoryStatus(true, known, Optional.empty(), Optional.empty(), List.of(), 0);
        }
    }

    /** Answers by the number of the device, and keeps nothing. */
    private final class Scripted implements PlatformClient {

        @Override
        public Scheduler loop() {
            return time;
        }

        @Override
        public double cost(List<Report> reports) {
            return RequestCost.of(reports);
        }

        @Override
        public Mono<Authentication> authenticate(DeviceCredentials credentials) {
            return Mono.delay(ANSWER, time)
                    .map(ignored -> kindOf(credentials.device()) == 1
                            ? new Authentication.Denied(
                                    new Verdict.DeviceRefused(FakeIotda.answer(401, "IOTDA.000002")))
                            : new Authentication.Granted(
                                    new AccessToken("token-of-" + credentials.device()), Duration.ofDays(1)));
        }

        @Override
        public Mono<Verdict> report(AccessToken token, List<Report> reports, RequestTrace trace) {
            DeviceId sender = reports.getFirst().sender();
            return Mono.delay(ANSWER, time).map(ignored -> switch (kindOf(sender)) {
                case 2 -> new Verdict.Invalid(FakeIotda.answer(400, "IOTDA.000006"));
                case 3 ->
                    (nanoTime() / TimeUnit.SECONDS.toNanos(1)) % 2 == 0
                            ? new Verdict.DeviceTrouble("HTTP 500", FakeIotda.answer(500, "IOTDA.000001"))
                            : new Verdict.Accepted();
                case 4 -> new Verdict.DeviceTrouble("HTTP 500", FakeIotda.answer(500, "IOTDA.000001"));
                default -> new Verdict.Accepted();
            });
        }
    }
}
