package io.iotdarelay.chaos;

import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What came of a run.
 *
 * @param lost records that neither arrived nor became dead letters
 * @param outOfOrder records whose first arrival came after that of a later one of the same device
 * @param foreign arrivals that nobody produced, or in another device's report
 * @param repeatedOutside arrivals after the first that nothing excuses
 * @param repeatedInside how many arrivals after the first there were at incidents that excuse them, by incident
 * @param deadLetters how many dead letters there are, by reason
 * @param notReconciled relays whose counters do not add up
 * @param logged the most lines of log that one relay wrote
 */
record ChaosReport(
        long seed,
        Instant start,
        long produced,
        List<Incident> incidents,
        boolean settled,
        List<String> lost,
        List<String> outOfOrder,
        List<String> foreign,
        List<String> repeatedOutside,
        Map<Incident, Integer> repeatedInside,
        Map<String, Integer> deadLetters,
        List<String> wrongDeadLetters,
        Map<Integer, Duration> longestStalls,
        List<String> notReconciled,
        List<String> defects,
        long logged,
        Memory memory) {

    private static final Pattern BROKEN = Pattern.compile("(broken-\\d+)x*");
    private static final Pattern NUMBERED = Pattern.compile("\\{\"n\":(\\d+)}");
    private static final Duration MARGIN = Duration.ofSeconds(1);

    static ChaosReport of(
            long seed,
            Instant start,
            World world,
            List<Incident> incidents,
            ProgressWatch watch,
            boolean settled,
            boolean watchesMemory) {
        Audit audit = Audit.of(world.traffic().fleet(), world.simulator().ledger());
        Set<String> lost = new HashSet<>(audit.lost());
        for (long i = 0; i < world.traffic().broken(); i++) {
            lost.add("broken-" + i);
        }
        Set<String> committed = world.traffic().committed();
        lost.addAll(committed);
        Map<String, Integer> reasons = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (DeadLetter letter : DeadLetter.all(world.kafka(), World.DEAD_LETTERS)) {
            String reason = letter.reason();
            String value = letter.value();
            reasons.merge(reason, 1, Integer::sum);
            Matcher numbered = NUMBERED.matcher(value);
            Matcher broken = BROKEN.matcher(value);
            if (numbered.matches() && reason.equals("device-rejected")) {
                lost.remove(letter.key() + "/" + numbered.group(1));
            } else if (broken.matches() && reason.equals("undecodable")) {
                lost.remove(broken.group(1));
            } else if (committed.contains(value) && reason.equals("undecodable")) {
                lost.remove(value);
            } else if (!letter.key().equals(World.GAPS_DEVICE)) {
                wrong.add(reason + ": " + value);
            }
        }
        Map<Incident, Integer> inside = new LinkedHashMap<>();
        List<String> outside = new ArrayList<>();
        for (Ledger.Accepted repeated : audit.duplicates()) {
            incidents.stream()
                    .filter(Incident::mayRepeat)
                    .filter(incident -> incident.covers(repeated.at())
                            || incident.covers(repeated.at().minus(MARGIN)))
                    .findFirst()
                    .ifPresentOrElse(
                            incident -> inside.merge(incident, 1, Integer::sum),
                            () -> outside.add(repeated.device() + "/" + repeated.content() + " at t+"
                                    + Duration.between(start, repeated.at()).toSeconds() + " s"));
        }
        return new ChaosReport(
                seed,
                start,
                world.traffic().total(),
                List.copyOf(incidents),
                settled,
                lost.isEmpty() ? List.of() : locate(lost, world.kafka().records(World.TOPIC)),
                audit.outOfOrder(),
                audit.foreign().stream()
                        .filter(report ->
                                !report.startsWith(World.GAPS_DEVICE + " reported " + World.GAPS_DEVICE + "/"))
                        .toList(),
                outside,
                inside,
                reasons,
                wrong,
                watch.longestStalls(),
                world.running().stream()
                        .map(relay -> reconcile(world.actuator(relay)))
                        .filter(difference -> !difference.isEmpty())
                        .toList(),
                world.everyRelay().stream()
                        .flatMap(relay -> relay.output().stream())
                        .filter(line -> line.contains("defect") || line.contains("OutOfMemory"))
                        .toList(),
                world.everyRelay().stream()
                        .mapToLong(relay -> relay.output().stream()
                                .filter(line -> !line.startsWith("memory"))
                                .count())
                        .max()
                        .orElse(0),
                watchesMemory ? Memory.of(world.running().getFirst()) : new Memory(List.of()));
    }

    /** The positions in Kafka of what was lost. */
    private static List<String> locate(Set<String> lost, List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, String> found = new TreeMap<>();
        lost.forEach(name -> found.put(name, "not in Kafka"));
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String value = new String(record.value(), StandardCharsets.UTF_8);
            Matcher numbered = NUMBERED.matcher(value);
            String name = numbered.matches()
                    ? new String(record.key(), StandardCharsets.UTF_8) + "/" + numbered.group(1)
                    : value;
            found.computeIfPresent(
                    name,
                    (same, before) -> record.partition() + "@" + record.offset() + ", produced at "
                            + Instant.ofEpochMilli(record.timestamp()));
        }
        return found.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .toList();
    }

    /** What does not add up, if anything. */
    private static String reconcile(Actuator relay) {
        Map<String, Double> samples = relay.metrics();
        double begun = Actuator.sum(samples, "relay_records_begun_total");
        double accountedFor = Actuator.accountedFor(samples);
        return begun == accountedFor ? "" : "begun " + begun + ", ended or in flight " + accountedFor;
    }

    Duration longestStall() {
        return longestStalls.values().stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    /** Incidents after which it took too long. */
    List<String> late() {
        return incidents.stream()
                .filter(incident -> !incident.inTime())
                .map(incident -> incident.describe(start))
                .toList();
    }

    /** Crashes after which more was repeated than could be in flight. */
    List<String> repeatedTooMuch() {
        return repeatedInside.entrySet().stream()
                .filter(entry -> entry.getKey().isCrash() && entry.getValue() > World.IN_FLIGHT)
                .map(entry -> entry.getValue() + " at " + entry.getKey().describe(start))
                .toList();
    }

    private String recoveries() {
        List<Long> millis = incidents.stream()
                .map(incident -> incident.recovery().toMillis())
                .sorted()
                .toList();
        return millis.isEmpty()
                ? "none"
                : "median " + millis.get(millis.size() / 2) + " ms, longest " + millis.getLast() + " ms";
    }

    /** Figures, a line each. */
    @Override
    public String toString() {
        int inside =
                repeatedInside.values().stream().mapToInt(Integer::intValue).sum();
        int most = repeatedInside.values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        return String.join(
                "\n",
                "chaos: seed " + seed + ", " + incidents.size() + " incidents, " + produced + " records produced",
                "  settled at the end: " + settled + ", lost " + lost.size() + ", out of order " + outOfOrder.size()
                        + ", in a wrong device's report " + foreign.size(),
                "  repeated outside excused windows: " + repeatedOutside.size() + ", inside: " + inside + " (at most "
                        + most + " at one incident)",
                "  dead letters: " + deadLetters
                        + (wrongDeadLetters.isEmpty() ? "" : ", unexpected: " + wrongDeadLetters.size()),
                "  recovery: " + recoveries() + "; too late: " + late(),
                "  longest stall with a clear way: " + longestStall().toMillis() + " ms",
                "  counters that do not reconcile: " + notReconciled,
                "  most lines of log by one relay: " + logged,
                "  heap/threads of the first relay: " + memory);
    }
}
