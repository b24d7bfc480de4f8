package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.iotdarelay.source.SharingGroup.Instance;
import io.iotdarelay.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What the instances of a group may use together. */
class GroupSharesTest {

    private static final Duration SESSION = Duration.ofSeconds(45);
    private static final double ROUNDING = 1e-6;

    @Test
    void neverAddUpToMoreThanAllWhateverMoves() {
        Seeds.each(40, dice -> {
            SharingGroup group = new SharingGroup(dice);
            Life life = new Life(group, dice);
            life.begin();
            group.troubled(true);
            life.lasts(Duration.ofMinutes(20), true);
            group.troubled(false);
            life.calm();
            life.lasts(Duration.ofMinutes(6), false);

            // Then all of it may be used, by the right ones
            assertThat(group.together()).as("in use").isBetween(0.95, 1 + ROUNDING);
            life.assertFair();
        });
    }

    @Test
    void anInstanceWithoutPartitionsHasNothing() {
        SharingGroup group = new SharingGroup(new SplittableRandom(1));
        group.topic("t", 10);
        Instance owner = group.start();
        Instance idle = group.start();
        owner.join();
        idle.join();
        owner.assign(new TopicPartition("t", 0));

        passes(group, Duration.ofMinutes(2));

        assertThat(owner.share()).isEqualTo(1, within(0.01));
        assertThat(idle.share()).isZero();
    }

    /** Not a new table, but what the partitions bring by the present one. */
    @Test
    void whoTakesPartitionsOverMayUseThemASecondLater() {
        SharingGroup group = new SharingGroup(new SplittableRandom(2));
        group.topic("t", 10, 30);
        Instance first = group.start();
        first.join();
        group.partitions().forEach(first::assign);
        passes(group, Duration.ofMinutes(3));
        assertThat(first.share()).isEqualTo(1, within(0.01));
        Instance second = group.start();
        second.join();
        passes(group, Duration.ofSeconds(4));

        TopicPartition moving = new TopicPartition("t", 1);
        first.revoke(moving);
        second.assign(moving);
        assertThat(first.share()).isEqualTo(0.05 + 0.9 / 4, within(0.02));
        passes(group, Duration.ofSeconds(1));
        assertThat(second.share()).isZero();
        passes(group, Duration.ofMillis(200));

        assertThat(second.share()).isEqualTo(0.05 + 0.9 * 3 / 4, within(0.02));
    }

    @Test
    void sharesFollowWhatIsAppended() {
        SharingGroup group = new SharingGroup(new SplittableRandom(3));
        group.topic("t", 30, 10);
        Instance first = group.start();
        Instance second = group.start();
        first.join();
        second.join();
        first.assign(new TopicPartition("t", 0));
        second.assign(new TopicPartition("t", 1));
        passes(group, Duration.ofMinutes(2));
        assertThat(first.share()).isEqualTo(0.725, within(0.03));

        group.carries(new TopicPartition("t", 0), 10);
        group.carries(new TopicPartition("t", 1), 30);
        for (int i = 0; i < 3000; i++) {
            assertThat(group.step()).isLessThanOrEqualTo(1 + ROUNDING);
            assertThat(group.together()).as("in use meanwhile").isGreaterThan(0.78);
        }

        assertThat(first.share()).isEqualTo(0.275, within(0.04));
        assertThat(second.share()).isEqualTo(0.725, within(0.04));
    }

    /** As in the first of the two rebalances in which partitions move. */
    @Test
    void aPartitionThatNobodyHasForAMomentKeepsItsPart() {
        SharingGroup group = new SharingGroup(new SplittableRandom(5));
        group.topic("t", 10, 10, 10);
        Instance first = group.start();
        Instance second = group.start();
        first.join();
        second.join();
        group.partitions().forEach(first::assign);
        passes(group, Duration.ofMinutes(3));

        for (TopicPartition moving : List.copyOf(group.partitions())) {
            first.revoke(moving);
            passes(group, Duration.ofSeconds(30));
            assertThat(group.together()).isEqualTo(2.0 / 3, within(0.01));
            second.assign(moving);
            passes(group, Duration.ofSeconds(5));
            assertThat(group.together()).isEqualTo(1, within(0.01));
        }
    }

    @Test
    void whatAPartitionBroughtThatIsGoneGoesToTheOthers() {
        SharingGroup group = new SharingGroup(new SplittableRandom(6));
        group.topic("t", 10, 10);
        group.topic("u", 20);
        Instance only = group.start();
        only.join();
        group.partitions().forEach(only::assign);
        passes(group, Duration.ofMinutes(3));

        TopicPartition gone = new TopicPartition("u", 0);
        only.revoke(gone);
        group.remove(gone);
        passes(group, Duration.ofMinutes(4));

        assertThat(only.share()).isEqualTo(1, within(0.01));
    }

    @Test
    void whoIsCutOffStopsBeforeTheGroupMayGiveItsPartitionsToOthers() {
        SharingGroup group = new SharingGroup(new SplittableRandom(4));
        group.topic("t", 10);
        Instance owner = group.start();
        owner.join();
        owner.assign(new TopicPartition("t", 0));
        passes(group, Duration.ofMinutes(2));

        owner.cut(true);
        passes(group, Duration.ofSeconds(10));
        assertThat(owner.share()).isPositive();
        passes(group, Duration.ofSeconds(15));

        assertThat(owner.share()).isZero();
    }

    /** They take another way than questions. The group will expel it, and does not say so before. */
    @Test
    void whoseHeartbeatsAreLostHasNothingBeforeTheGroupGivesUp() {
        SharingGroup group = new SharingGroup(new SplittableRandom(11));
        group.topic("t", 10);
        Instance owner = group.start();
        owner.join();
        owner.assign(new TopicPartition("t", 0));
        passes(group, Duration.ofMinutes(2));

        owner.loseHeartbeats();
        passes(group, Duration.ofSeconds(15));
        assertThat(owner.share()).isPositive();
        passes(group, Duration.ofSeconds(10));

        assertThat(owner.share()).isZero();
        assertTrouble(group, owner, Duration.ofSeconds(10), "the group has not heard from this instance");
    }

    /** A closed consumer does not say who it was. */
    @Test
    void partitionsAreGivenUpAlthoughTheConsumerIsClosed() {
        List<Double> shares = new ArrayList<>();
        GroupShares closed = new GroupShares(
                new SharingGroup(new SplittableRandom(12)).start(),
                () -> {
                    throw new IllegalStateException("This consumer has already been closed.");
                },
                () -> Duration.ZERO,
                SESSION,
                share -> shares.add(share.applyAsDouble(Instant.EPOCH)));

        closed.left(List.of(), Instant.EPOCH);

        assertThat(shares).containsExactly(0.0, 0.0);
    }

    @Test
    void saysWhyItMaySendNothing() {
        SharingGroup group = new SharingGroup(new SplittableRandom(7));
        group.topic("t", 10);
        Instance owner = group.start();
        owner.join();
        assertThat(owner.trouble()).isEmpty();
        owner.assign(new TopicPartition("t", 0));

        assertTrouble(group, owner, Duration.ofSeconds(15), "not agreed");
        assertTrouble(group, owner, Duration.ofSeconds(45), "");
        owner.cut(true);
        assertTrouble(group, owner, Duration.ofSeconds(40), "coordinator does not say");
        owner.cut(false);
        assertTrouble(group, owner, Duration.ofSeconds(5), "");
    }

    private static void assertTrouble(SharingGroup group, Instance instance, Duration after, String trouble) {
        for (int i = 0; i < after.toSeconds(); i++) {
            passes(group, Duration.ofSeconds(1));
            Optional<String> unused = instance.trouble();
        }
        assertThat(instance.trouble().orElse("")).contains(trouble);
        assertThat(instance.trouble().isEmpty()).isEqualTo(trouble.isEmpty());
        assertThat(instance.share() > 0).isEqualTo(trouble.isEmpty());
    }

    private static void passes(SharingGroup group, Duration duration) {
        for (long i = duration.dividedBy(SharingGroup.STEP); i > 0; i--) {
            assertThat(group.step()).isLessThanOrEqualTo(1 + ROUNDING);
        }
    }

    /** What happens to a group. */
    private static final class Life {

        private static final int MOST_INSTANCES = 5;

        private final SharingGroup group;
        private final RandomGenerator dice;

        /** What is to be done later, by the number of the step. */
        private final List<Later> later = new ArrayList<>();

        private long steps;
        private boolean moves;

        private record Later(long at, Runnable what) {}

        Life(SharingGroup group, RandomGenerator dice) {
            this.group = group;
            this.dice = dice;
        }

        void begin() {
            group.topic("m", dice.doubles(dice.nextInt(1, 8), 0, 50).toArray());
            for (int i = dice.nextInt(1, MOST_INSTANCES); i > 0; i--) {
                group.start().join();
            }
        }

        void lasts(Duration duration, boolean eventful) {
            for (long end = steps + duration.dividedBy(SharingGroup.STEP); steps < end; steps++) {
                if (eventful && dice.nextInt(150) == 0) {
                    happens();
                }
                List<Later> due =
                        later.stream().filter(task -> task.at() <= steps).toList();
                later.removeAll(due);
                due.forEach(task -> task.what().run());
                balance();
                assertThat(group.step()).as("at step %d", steps).isLessThanOrEqualTo(1 + ROUNDING);
            }
        }

        void calm() {
            while (!later.isEmpty()) {
                later.removeFirst().what().run();
            }
            alive().forEach(instance -> {
                instance.cut(false);
                instance.stuck(false);
            });
        }

        private List<Instance> alive() {
            return group.instances().stream()
                    .filter(instance -> !instance.isDead())
                    .toList();
        }

        private List<Instance> members() {
            return alive().stream().filter(Instance::isWell).toList();
        }

        private void after(Duration duration, Runnable what) {
            later.add(new Later(steps + duration.dividedBy(SharingGroup.STEP), what));
        }

        private void happens() {
            List<Instance> alive = alive();
            Instance one = alive.get(dice.nextInt(alive.size()));
            switch (dice.nextInt(8)) {
                case 0 -> {
                    if (alive.size() < MOST_INSTANCES) {
                        group.start().join();
                    }
                }
                case 1 -> leave(one, alive.size());
                case 2 -> crash(one, alive.size());
                case 3, 4 -> isolate(one);
                case 5 -> move();
                case 6 ->
                    group.topic(
                            dice.nextBoolean() ? "a" : "m",
                            dice.doubles(dice.nextInt(1, 10), 0, 50).toArray());
                default -> carry();
            }
        }

        private void leave(Instance one, int alive) {
            if (alive > 1 && one.isWell()) {
                List.copyOf(one.partitions()).forEach(one::revoke);
                one.die();
            }
        }

        private void crash(Instance one, int alive) {
            if (alive > 1 && one.isWell()) {
                one.die();
                after(SESSION, one::expel);
            }
        }

        /** It does not reach Kafka, or its poll thread hangs: the group expels it, and it notices later. */
        private void isolate(Instance one) {
            if (!one.isWell()) {
                return;
            }
            boolean stuck = dice.nextBoolean();
            if (stuck) {
                one.stuck(true);
            } else {
                one.cut(true);
            }
            Duration lasts = Duration.ofSeconds(dice.nextInt(120));
            if (lasts.compareTo(SESSION) >= 0) {
                after(SESSION, one::expel);
            }
            after(lasts, () -> {
                if (one.isDead()) {
                    return;
                }
                one.cut(false);
                one.stuck(false);
                if (!one.isMember()) {
                    after(Duration.ofMillis(dice.nextInt(15_000)), () -> {
                        one.lose();
                        one.join();
                    });
                }
            });
        }

        private void carry() {
            group.partitions().stream()
                    .skip(dice.nextInt(group.partitions().size()))
                    .findFirst()
                    .ifPresent(partition -> group.carries(partition, dice.nextDouble(100)));
        }

        private void move() {
            List<Instance> members = members();
            if (members.isEmpty()) {
                return;
            }
            Instance from = members.get(dice.nextInt(members.size()));
            if (from.partitions().isEmpty()) {
                return;
            }
            TopicPartition partition = List.copyOf(from.partitions())
                    .get(dice.nextInt(from.partitions().size()));
            from.revoke(partition);
            moves = dice.nextBoolean();
            group.stable(!moves);
            after(Duration.ofMillis(dice.nextInt(5_000)), () -> {
                moves = false;
                group.stable(true);
            });
        }

        /** Partitions that nobody has are assigned. */
        private void balance() {
            List<Instance> members = members();
            if (members.isEmpty() || moves) {
                return;
            }
            for (TopicPartition partition : List.copyOf(group.partitions())) {
                if (!group.isOwned(partition)) {
                    members.get(dice.nextInt(members.size())).assign(partition);
                }
            }
        }

        /** A partition has a tenth of its equal part, and the rest by what it carries; to a few percent of all. */
        void assertFair() {
            ShareTable table = group.table().orElseThrow();
            double even = 1.0 / group.partitions().size();
            for (TopicPartition partition : group.partitions()) {
                assertThat(table.of(partition)).isGreaterThan(0.09 * even);
            }
            for (Instance instance : members()) {
                double brought =
                        instance.partitions().stream().mapToDouble(table::of).sum();
                assertThat(instance.share()).isEqualTo(brought, within(1e-9));
            }
            assertThat(group.unfairness(0.1)).as("misplaced").isLessThan(0.06);
        }
    }
}
