package io.iotdarelay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Instances that use the same devices at random, over a log that is read with random delays. */
class SharingModelTest {

    private static final TestAssignment OWNER = new TestAssignment();

    @Test
    void aSoundLogCostsOneAuthenticationForEachDevice() {
        Seeds.each(400, random -> {
            Run run = new Run(random);
            run.start(2 + random.nextInt(4));
            for (int step = 0; step < 60; step++) {
                run.useAny();
                run.pass(random.nextInt(40));
                if (random.nextInt(20) == 0) {
                    run.store.compact(Duration.ofSeconds(1));
                    run.start(1);
                }
            }
            run.settle();

            assertThat(run.store.authentications()).isEqualTo(run.used.size());
        });
    }

    @Test
    void theLogKeepsWhatSomebodyKnowsWhateverThoseWriteWhoCannotReadIt() {
        Seeds.each(200, random -> {
            Run run = new Run(random);
            for (int i = 0; i < 2; i++) {
                run.living.add(run.store.start().keys(SimulatedStore.NEXT_KEY, SimulatedStore.KEY));
                run.living.add(run.store.start().denied(random.nextBoolean()));
                run.living.add(run.store.start(Duration.ofMinutes(-6)).denied(random.nextBoolean()));
            }
            for (int step = 0; step < 60; step++) {
                run.useAny();
                run.pass(random.nextInt(random.nextInt(10) == 0 ? 60_000 : 100));
                if (random.nextInt(20) == 0) {
                    run.store.compact(Duration.ofSeconds(1));
                }
            }
            run.settle();
            run.pass(60_000);

            run.store.compact(Duration.ZERO);
            SimulatedStore.Instance late = run.store.start().keys(SimulatedStore.NEXT_KEY, SimulatedStore.KEY);
            run.pass(60);
            for (DeviceCredentials device : run.used) {
                if (run.living.getFirst().sharing().find(device).isPresent()) {
                    assertThat(late.sharing().find(device)).isPresent();
                }
            }
        });
    }

    @Test
    void nothingThatGoesWrongCostsMoreThanAuthenticationsAndABoundedWait() {
        Seeds.each(150, random -> {
            Run run = new Run(random);
            run.start(2 + random.nextInt(4));
            for (int step = 0; step < 100; step++) {
                run.useAny();
                run.pass(random.nextInt(random.nextInt(10) == 0 ? 60_000 : 100));
                run.disturb();
            }
            run.store.instances().forEach(instance -> instance.denied(false));
            run.settle();
        });
    }

    private static final class Run {

        private static final List<String> DEVICES = List.of("a", "b", "c");

        /** Others' claims, the own one, and the authentication. */
        private static final Duration LONGEST = SimulatedStore.PATIENCE.plusSeconds(4);

        private final RandomGenerator random;
        private final SimulatedStore store;
        private final List<SimulatedStore.Instance> living = new ArrayList<>();
        private final Set<DeviceCredentials> used = new HashSet<>();
        private final List<Long> answered = new ArrayList<>();
        private int asked;

        Run(RandomGenerator random) {
            this.random = random;
            this.store = new SimulatedStore(random);
        }

        void start(int count) {
            for (int i = 0; i < count; i++) {
                living.add(store.start().lag(Duration.ofMillis(1 + random.nextInt(50))));
            }
        }

        void useAny() {
            use(living.get(random.nextInt(living.size())), store.device(DEVICES.get(random.nextInt(DEVICES.size()))));
        }

        /** Reports with the token, if there is one, and gets one otherwise, or if it is refused. */
        private void use(SimulatedStore.Instance instance, DeviceCredentials device) {
            used.add(device);
            Optional<AccessToken> token = instance.cache().cached(device.device(), OWNER);
            if (token.isPresent()) {
                assertThat(token.get().value()).startsWith(device.device() + "/");
                if (store.isValid(device.device(), token.get())) {
                    return;
                }
                instance.cache().invalidate(device.device(), token.get());
            }
            asked++;
            long at = store.millis();
            instance.cache().fetch(device, OWNER).subscribe(result -> {
                answered.add(store.millis() - at);
                if (result instanceof Authentication.Granted granted) {
                    assertThat(granted.token().value()).startsWith(device.device() + "/");
                }
            });
        }

        void pass(int millis) {
            store.pass(Duration.ofMillis(millis));
        }

        void disturb() {
            SimulatedStore.Instance victim = living.get(random.nextInt(living.size()));
            switch (random.nextInt(40)) {
                case 0 -> victim.losing(random.nextBoolean());
                case 1 -> victim.usable(random.nextBoolean());
                case 2 -> victim.denied(random.nextBoolean());
                case 3 -> victim.lag(Duration.ofMillis(1 + random.nextInt(5_000)));
                case 4 -> store.compact(Duration.ZERO);
                case 5 -> store.revokeAll();
                case 6 -> victim.latency(Duration.ofMillis(1 + random.nextInt(2_000)));
                case 7 -> victim.sharing().deleted(store.device("a").device());
                case 8 -> living.add(store.start(Duration.ofSeconds(random.nextInt(800) - 400)));
                case 9 -> victim.keys(SimulatedStore.NEXT_KEY, SimulatedStore.KEY);
                case 10 -> victim.keys(SimulatedStore.NEXT_KEY);
                case 11 -> store.createAgain();
                default -> {}
            }
        }

        /** Every wish is answered in time. */
        void settle() {
            store.pass(LONGEST.plusSeconds(1));
            assertThat(answered)
                    .hasSize(asked)
                    .allSatisfy(millis -> assertThat(millis).isLessThanOrEqualTo(LONGEST.toMillis()));
        }
    }
}
