package io.iotdarelay.auth;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.FakeIotda.unavailable;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The cache against one variable for each device: the token that was granted last. */
class TokenCacheModelTest {

    private static final RequestMeters METERS = new RequestMeters(new SimpleMeterRegistry());
    private static final double RENEW_AT = 0.9;
    private static final double EARLIEST = 0.85;
    private static final double USABLE = 0.99;

    @Test
    void fetchesOneAtATimeAndOnlyWhatIsAskedOrIsTheirs() {
        Seeds.each(20_000, random -> new Model(random).run());
    }

    /** A device as the model sees it. */
    private static final class Device {
        private final DeviceCredentials credentials;
        private final List<Asked> asked = new ArrayList<>();
        private @Nullable MonoSink<Authentication> underWay;
        private TestAssignment fetchedFor = new TestAssignment();
        private boolean asking;
        private boolean isRenewal;
        private long renewalFailedAt;
        private @Nullable AccessToken token;
        private long lifetime;
        private long fetchedAt;
        private boolean failed;
        private boolean used;
        private boolean disturbed;
        private TestAssignment owner = new TestAssignment();

        Device(String id) {
            credentials = new DeviceCredentials(new DeviceId(id), new DeviceSecret("12345678"));
        }

        DeviceId id() {
            return credentials.device();
        }

        boolean isUsable(long now) {
            return token != null && now - fetchedAt < (long) (lifetime * USABLE);
        }
    }

    /** Somebody who waits for a token. */
    private static final class Asked {
        private final List<Authentication> answers = new ArrayList<>();
        private @Nullable Disposable subscription;
    }

    private static final class Model {

        private static final int STEPS = 80;

        private final RandomGenerator random;
        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private final MapDirectory directory = new MapDirectory();
        private final List<Device> devices = new ArrayList<>();
        private final List<TestAssignment> assignments = new ArrayList<>();
        private final TokenCache cache;
        private int granted;
        private @Nullable String broken;

        Model(RandomGenerator random) {
            this.random = random;
            this.cache = new TokenCache(
                    new TokenStore(1000, this::now),
                    SharedTokens.NONE,
                    this::authenticate,
                    directory,
                    RENEW_AT,
                    time,
                    this::now,
                    random,
                    METERS);
            for (int i = 0; i < 3; i++) {
                devices.add(new Device("d" + i));
                directory.with("d" + i, "12345678");
                assignments.add(new TestAssignment());
            }
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                Device device = devices.get(random.nextInt(devices.size()));
                switch (random.nextInt(16)) {
                    case 0, 1 -> ask(device);
                    case 2, 3, 4, 5 -> use(device);
                    case 6, 7, 8 -> complete(device);
                    case 9 -> giveUp(device);
                    case 10 -> invalidate(device);
                    case 11 -> someChange(device);
                    default ->
                        time.advanceTimeBy(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 100 : 9_000)));
                }
                devices.forEach(this::check);
            }
            time.dispose();
        }

        private Mono<Authentication> authenticate(DeviceCredentials credentials) {
            return Mono.<Authentication>create(sink -> {
                        Device device = device(credentials.device());
                        must(device.underWay == null, "one fetch at a time");
                        device.isRenewal = !device.asking;
                        if (device.isRenewal) {
                            mayRenew(device);
                        }
                        device.underWay = sink;
                    })
                    .doOnCancel(() -> device(credentials.device()).underWay = null);
        }

        /** Nobody asked, so it is a renewal. */
        private void mayRenew(Device device) {
            long now = now();
            must(device.isUsable(now), "a token is renewed while it is one");
            must(device.used, "only what is used is renewed");
            must(device.owner.isCurrent(), "a foreign assignment's token is left to its owner");
            must(directory.holds(device.id()), "a device that is gone is left alone");
            must(now - device.fetchedAt >= (long) (device.lifetime * EARLIEST), "not before it is due");
            long leastWait = Math.max(TimeUnit.SECONDS.toNanos(1), (long) (device.lifetime * 0.01));
            must(
                    device.renewalFailedAt <= device.fetchedAt || now - device.renewalFailedAt >= leastWait,
                    "a failed renewal rests");
            device.fetchedFor = device.owner;
        }

        private void ask(Device device) {
            TestAssignment assignment = assignments.get(random.nextInt(assignments.size()));
            boolean isFirst = device.underWay == null;
            device.asking = true;
            Asked asked = new Asked();
            device.asked.add(asked);
            asked.subscription = cache.fetch(device.credentials, assignment).subscribe(asked.answers::add);
            device.asking = false;
            must(device.underWay != null, "who asks is heard");
            if (isFirst) {
                device.fetchedFor = assignment;
            }
        }

        private void use(Device device) {
            TestAssignment assignment = assignments.get(random.nextInt(assignments.size()));
            Optional<AccessToken> cached = cache.cached(device.id(), assignment);
            must(cached.isPresent() == device.isUsable(now()), "the last token counts while it lives");
            must(cached.isEmpty() || cached.get().equals(device.token), "no other token than the last");
            if (cached.isPresent()) {
                device.disturbed |= !device.used && now() - device.fetchedAt > (long) (device.lifetime * EARLIEST);
                device.used = true;
                device.owner = assignment;
            }
        }

        private void complete(Device device) {
            MonoSink<Authentication> sink = device.underWay;
            if (sink == null) {
                return;
            }
            device.underWay = null;
            Authentication result = switch (random.nextInt(6)) {
                case 0 ->
                    new Authentication.Denied(
                            new Verdict.Throttled(answer(403, "IOTDA.021101"), true, Optional.empty()));
                case 1 -> new Authentication.Denied(unavailable());
                case 2 -> new Authentication.Postponed();
                default ->
                    new Authentication.Granted(
                            new AccessToken(device.id() + "-" + ++granted),
                            Duration.ofSeconds(1 + random.nextInt(random.nextBoolean() ? 20 : 300)));
            };
            if (result instanceof Authentication.Granted grant) {
                device.token = grant.token();
                device.lifetime = grant.expiresIn().toNanos();
                device.fetchedAt = now();
                device.used = false;
                device.disturbed = false;
                device.failed = false;
                device.owner = device.fetchedFor;
            } else {
                device.failed = true;
                device.renewalFailedAt = device.isRenewal ? now() : device.renewalFailedAt;
            }
            List<Asked> waiting = List.copyOf(device.asked);
            device.asked.clear();
            sink.success(result);
            must(device.underWay == null, "a failure must not cause an immediate retry");
            for (Asked asked : waiting) {
                must(asked.answers.equals(List.of(result)), "everybody hears the same, once");
            }
        }

        private void giveUp(Device device) {
            if (device.asked.isEmpty()) {
                return;
            }
            Asked leaving = device.asked.remove(random.nextInt(device.asked.size()));
            Disposable subscription = leaving.subscription;
            if (subscription != null) {
                subscription.dispose();
            }
            must(leaving.answers.isEmpty(), "who has gone hears nothing");
        }

        private void invalidate(Device device) {
            AccessToken refused = device.token != null && random.nextBoolean()
                    ? device.token
                    : new AccessToken(device.id() + "-" + random.nextInt(granted + 1));
            cache.invalidate(device.id(), refused);
            if (refused.equals(device.token)) {
                device.token = null;
            }
        }

        private void someChange(Device device) {
            if (random.nextBoolean()) {
                assignments
                        .set(random.nextInt(assignments.size()), new TestAssignment())
                        .end();
            } else if (directory.holds(device.id())) {
                directory.without(device.id().value());
            } else {
                directory.with(device.id().value(), "12345678");
            }
        }

        private void check(Device device) {
            must(device.asked.isEmpty() || device.underWay != null, "nobody waits for nothing");
            long now = now();
            boolean wanted = device.used && device.owner.isCurrent() && directory.holds(device.id());
            device.disturbed |= device.used && !wanted;
            must(
                    !wanted
                            || device.disturbed
                            || !device.isUsable(now)
                            || device.underWay != null
                            || device.failed
                            || now - device.fetchedAt <= (long) (device.lifetime * RENEW_AT),
                    "a token in use is renewed in time");
            must(cache.planned() <= granted, "one renewal a token");
        }

        private Device device(DeviceId id) {
            return devices.stream()
                    .filter(device -> device.id().equals(id))
                    .findFirst()
                    .orElseThrow();
        }

        private long now() {
            return time.now(TimeUnit.NANOSECONDS);
        }

        /** The cache keeps failures of a renewal to itself, so it is remembered besides. */
        private void must(boolean holds, String what) {
            if (!holds) {
                broken = what;
            }
            if (broken != null) {
                throw new AssertionError("broken: " + broken);
            }
        }
    }
}
