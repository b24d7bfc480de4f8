package io.iotdarelay.source;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A group whose instances share something, in virtual time: a coordinator that is only maps, and instances around real {@link GroupShares}
 * whose questions and commits take time, or are lost. Each instance has a clock of its own, which is wrong by hours and by a thousandth.
 */
final class SharingGroup {

    static final Duration STEP = Duration.ofMillis(100);
    private static final int STEPS_OF_SECOND = 10;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration ASK_EVERY = Duration.ofSeconds(3);
    private static final int MOST_METADATA = 4096;

    private final RandomGenerator dice;
    private final List<Instance> instances = new ArrayList<>();
    private final Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    private final Map<TopicPartition, String> owners = new HashMap<>();
    private final Map<TopicPartition, Double> rates = new TreeMap<>(GroupShares.IN_ORDER);
    private final Map<TopicPartition, Double> ends = new HashMap<>();
    private final Set<String> members = new TreeSet<>();
    private int joins;
    private long steps;
    private Instant now = START;
    private boolean isStable = true;
    private boolean isTroubled;

    SharingGroup(RandomGenerator dice) {
        this.dice = dice;
    }

    /** Partitions with so many records a second each. */
    void topic(String name, double... perSecond) {
        for (int i = 0; i < perSecond.length; i++) {
            rates.put(new TopicPartition(name, i), perSecond[i]);
        }
    }

    void carries(TopicPartition partition, double perSecond) {
        rates.put(partition, perSecond);
    }

    /** Nobody has it any more. */
    void remove(TopicPartition partition) {
        rates.remove(partition);
    }

    Set<TopicPartition> partitions() {
        return rates.keySet();
    }

    Instance start() {
        Instance instance = new Instance();
        instances.add(instance);
        return instance;
    }

    List<Instance> instances() {
        return List.copyOf(instances);
    }

    /** From now on answers are slow or lost, and so are commits. */
    void troubled(boolean troubled) {
        isTroubled = troubled;
    }

    void stable(boolean stable) {
        isStable = stable;
    }

    /** Time passes. Returns what all instances together may send at most in the second that ends then. */
    double step() {
        steps++;
        now = now.plus(STEP);
        rates.forEach((partition, rate) -> ends.merge(partition, rate / STEPS_OF_SECOND, Double::sum));
        instances.forEach(Instance::step);
        return instances.stream().mapToDouble(Instance::mostInLastSecond).sum();
    }

    double together() {
        return instances.stream().mapToDouble(Instance::share).sum();
    }

    /** Which part of all is at others than those that should have it by what is appended, if so much is divided equally. */
    double unfairness(double equally) {
        ShareTable table = table().orElseThrow();
        double sum = rates.values().stream().mapToDouble(Double::doubleValue).sum();
        return rates.entrySet().stream()
                        .mapToDouble(rate -> Math.abs(table.of(rate.getKey())
                                - equally / rates.size()
                                - (1 - equally) * rate.getValue() / sum))
                        .sum()
                / 2;
    }

    Optional<ShareTable> table() {
        return ShareTable.inForce(
                commits.values().stream().map(OffsetAndMetadata::metadata).toList());
    }

    boolean isOwned(TopicPartition partition) {
        return owners.containsKey(partition);
    }

    /** One relay. */
    final class Instance implements Group {

        private record Answer(Instant servedAt, Instant arrivesAt, Instant askedAt, boolean isLost) {}

        private record Commit(TopicPartition partition, OffsetAndMetadata offset, Instant arrivesAt, boolean isLost) {}

        private final Duration wrong = Duration.ofMillis(dice.nextLong(-40_000_000, 40_000_000));
        private final double speed = 1 + dice.nextDouble(-0.001, 0.001);
        private final Map<TopicPartition, AssignedPartition> own = new HashMap<>();
        private final List<Double> lastSecond = new ArrayList<>();
        private final GroupShares shares =
                new GroupShares(this, this::member, this::silence, Duration.ofSeconds(22), this::set);
        private Instant heartbeatAt = Instant.MAX;
        private String member = "";
        private ToDoubleFunction<Instant> share = Share.NOTHING;
        private Optional<Answer> question = Optional.empty();
        private Optional<GroupView> served = Optional.empty();
        private GroupView view = GroupView.NOTHING;
        private Instant askedAt = Instant.EPOCH;
        private Optional<Commit> commit = Optional.empty();
        private boolean isCut;
        private boolean isStuck;
        private boolean isDead;
        private int lostOf = 1;
        private int latency = 50;

        /** How well it reaches Kafka changes now and then. */
        private void fare() {
            if (!isTroubled) {
                lostOf = 1;
                latency = 50;
            } else if (dice.nextInt(200) == 0) {
                lostOf = dice.nextInt(1, 5);
                latency = dice.nextBoolean() ? 50 : dice.nextBoolean() ? 3_000 : 15_000;
            }
        }

        /** Of so many questions and commits all but one are lost. */
        private boolean isLost() {
            return dice.nextInt(lostOf) > 0;
        }

        private Duration latency() {
            return Duration.ofMillis(dice.nextInt(latency));
        }

        /** From now on no heartbeat reaches the group, although questions do. */
        void loseHeartbeats() {
            heartbeatAt = now;
        }

        private Duration silence() {
            return heartbeatAt.isBefore(now) ? Duration.between(heartbeatAt, now) : Duration.ZERO;
        }

        private void set(ToDoubleFunction<Instant> next) {
            share = next;
        }

        String member() {
            return member;
        }

        boolean isMember() {
            return members.contains(member);
        }

        /** Whether it reaches Kafka, and its poll thread is alive. */
        boolean isWell() {
            return !isDead && !isCut && !isStuck && isMember();
        }

        Set<TopicPartition> partitions() {
            return own.keySet();
        }

        /** The time by this instance's clock. */
        private Instant clock() {
            return START.plus(wrong)
                    .plusMillis((long) (Duration.between(START, now).toMillis() * speed));
        }

        Optional<String> trouble() {
            return shares.trouble(clock());
        }

        double share() {
            return isDead ? 0 : share.applyAsDouble(clock());
        }

        void join() {
            joins++;
            member = "member-" + joins;
            members.add(member);
        }

        /** It reaches Kafka no longer, and sends on. */
        void cut(boolean cut) {
            isCut = cut;
        }

        /** Its poll thread waits for something, and its requests go on. */
        void stuck(boolean stuck) {
            isStuck = stuck;
        }

        void die() {
            isDead = true;
            members.remove(member);
        }

        boolean isDead() {
            return isDead;
        }

        /** The group gives its partitions up without asking it. */
        void expel() {
            members.remove(member);
            owners.values().removeIf(member::equals);
        }

        /** It notices. */
        void lose() {
            member = "";
            shares.left(own.values(), clock());
            own.clear();
            commit = Optional.empty();
        }

        void assign(TopicPartition partition) {
            if (owners.putIfAbsent(partition, member) != null) {
                throw new IllegalStateException(partition + " has an owner");
            }
            boolean isUnknown = isTroubled && dice.nextInt(20) == 0;
            Takeover takeover = isUnknown
                    ? Takeover.UNKNOWN
                    : new Takeover(
                            Optional.ofNullable(commits.get(partition)),
                            Optional.empty(),
                            io.iotdarelay.settle.TopicIdentity.Opened.NOTHING);
            AssignedPartition assigned = new AssignedPartition(partition, takeover, clock());
            own.put(partition, assigned);
            shares.assigned(List.of(assigned), clock());
            OffsetAndMetadata marked = assigned.commits()
                    .marked(
                            commits.containsKey(partition)
                                    ? commits.get(partition).offset()
                                    : 0);
            assigned.commits().mark().begin(clock());
            if (!isUnknown) {
                commits.put(partition, marked);
                assigned.committed(marked);
            }
        }

        void revoke(TopicPartition partition) {
            AssignedPartition leaving = Objects.requireNonNull(own.get(partition));
            if (dice.nextBoolean()) {
                leaving.commits().due(MOST_METADATA).ifPresent(last -> commits.put(partition, last));
            }
            commit = commit.filter(other -> !other.partition().equals(partition));
            shares.left(List.of(leaving), clock());
            own.remove(partition);
            owners.remove(partition);
        }

        private void step() {
            fare();
            if (!isDead && !isStuck) {
                serve();
                shares.turn(MOST_METADATA, clock());
                if (steps % STEPS_OF_SECOND == 0 || commit.isPresent()) {
                    commit();
                }
            }
            lastSecond.add(share());
            if (lastSecond.size() > STEPS_OF_SECOND) {
                lastSecond.removeFirst();
            }
        }

        private double mostInLastSecond() {
            return lastSecond.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        }

        private void serve() {
            if (question.isPresent()) {
                Answer answer = question.get();
                if (served.isEmpty() && !now.isBefore(answer.servedAt())) {
                    served = Optional.of(describe(answer.askedAt()));
                }
                if (!now.isBefore(answer.arrivesAt())) {
                    if (!answer.isLost()) {
                        view = served.orElseThrow();
                    }
                    question = Optional.empty();
                    served = Optional.empty();
                }
            }
        }

        private GroupView describe(Instant asked) {
            Map<TopicPartition, Long> committed = new HashMap<>();
            commits.keySet().forEach(partition -> committed.put(partition, end(partition)));
            return new GroupView(asked, members, isStable ? owners : Map.of(), committed, table());
        }

        private long end(TopicPartition partition) {
            return ends.getOrDefault(partition, 0.0).longValue();
        }

        private void commit() {
            if (commit.isPresent()) {
                Commit sent = commit.get();
                if (now.isBefore(sent.arrivesAt())) {
                    return;
                }
                commit = Optional.empty();
                AssignedPartition partition = own.get(sent.partition());
                if (!sent.isLost() && !isCut && partition != null && member.equals(owners.get(sent.partition()))) {
                    commits.put(sent.partition(), sent.offset());
                    partition.committed(sent.offset());
                }
                return;
            }
            own.values().forEach(partition -> partition.commits().mark().age(clock(), true));
            own.values().stream()
                    .sorted((one, other) -> GroupShares.IN_ORDER.compare(one.topicPartition(), other.topicPartition()))
                    .flatMap(partition -> partition.commits().due(MOST_METADATA).stream()
                            .map(due -> new Commit(partition.topicPartition(), due, now.plus(latency()), isLost())))
                    .findFirst()
                    .ifPresent(due -> commit = Optional.of(due));
        }

        @Override
        public GroupView view(Instant clock) {
            if (question.isEmpty() && !clock.isBefore(askedAt.plus(ASK_EVERY))) {
                askedAt = clock;
                Instant servedAt = now.plus(latency());
                question = Optional.of(new Answer(servedAt, servedAt.plus(latency()), clock, isLost() || isCut));
            }
            return view;
        }

        @Override
        public LogEnds ends(Set<TopicPartition> wanted, Instant clock) {
            return new LogEnds(clock, wanted.stream().collect(Collectors.toMap(partition -> partition, this::end)));
        }
    }
}
