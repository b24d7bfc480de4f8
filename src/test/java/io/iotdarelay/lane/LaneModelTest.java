package io.iotdarelay.lane;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A lane against two lists: what came back, batch by batch, and what waits. */
class LaneModelTest {

    @Test
    void keepsTheOrderAndLosesNothingWhateverComesBack() {
        Seeds.each(40_000, random -> new Model(random).run());
    }

    private static final class Model {

        private static final int STEPS = 60;

        private final RandomGenerator random;
        private final RequestPacking packing;
        private final int kinds;
        private final Lane lane = new Lane(device("g"));
        private final List<TestAssignment> assignments = new ArrayList<>();
        private final List<Batch> returned = new ArrayList<>();
        private List<LaneEntry> waiting = new ArrayList<>();
        private @Nullable Batch out;
        private final Map<DeviceId, Long> lastSettled = new HashMap<>();
        private long added;
        private long settled;
        private long dropped;

        Model(RandomGenerator random) {
            this.random = random;
            this.packing =
                    new RequestPacking(1 + random.nextInt(random.nextBoolean() ? 150 : 1500), 1 + random.nextInt(6));
            this.kinds = 1 + random.nextInt(6);
            for (int i = 0; i < 3; i++) {
                assignments.add(new TestAssignment());
            }
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> add();
                    case 4 -> {
                        if (random.nextInt(4) == 0) {
                            end(random.nextInt(assignments.size()));
                        }
                    }
                    case 5 -> dropAbandoned();
                    default -> {
                        if (out == null) {
                            take();
                        } else {
                            comesBack(out);
                        }
                    }
                }
                check();
            }
            finish();
        }

        private void add() {
            for (int i = random.nextInt(4); i >= 0; i--) {
                String content = "x".repeat(random.nextInt(20) == 0 ? 2000 : random.nextInt(60));
                Report report = switch (random.nextInt(kinds)) {
                    case 1 -> properties("g", content);
                    case 2 -> message("g", content);
                    default -> child("g", "c" + random.nextInt(8), content);
                };
                TestAssignment assignment = assignments.get(random.nextInt(assignments.size()));
                LaneEntry entry = new LaneEntry(inFlight(assignment, added++), report);
                lane.add(entry);
                waiting.add(entry);
            }
        }

        /** A partition leaves, and comes back. */
        private void end(int which) {
            assignments.set(which, new TestAssignment()).end();
        }

        private void dropAbandoned() {
            lane.dropLeaving();
            List<LaneEntry> still = current(waiting);
            dropped += waiting.size() - still.size();
            waiting = still;
            List<Batch> before = List.copyOf(returned);
            returned.clear();
            for (Batch batch : before) {
                List<LaneEntry> kept = current(batch.entries());
                dropped += batch.size() - kept.size();
                if (!kept.isEmpty()) {
                    returned.add(batch.with(kept));
                }
            }
        }

        private void take() {
            Batch taken = lane.take(packing).orElse(null);
            out = taken;
            while (!returned.isEmpty()) {
                Batch first = returned.removeFirst();
                List<LaneEntry> kept = current(first.entries());
                dropped += first.size() - kept.size();
                if (!kept.isEmpty()) {
                    must(first.with(kept).equals(taken), "what came back goes first, as it was");
                    return;
                }
            }
            List<LaneEntry> candidates = current(waiting);
            int size = taken == null ? 0 : taken.size();
            must(size <= candidates.size(), "nothing is invented");
            must(size > 0 || candidates.isEmpty(), "what waits leaves");
            if (taken != null) {
                must(taken.equals(Batch.of(candidates.subList(0, size))), "the first leave first");
                must(size == 1 || mayTravel(taken.entries(), 0), "the limits are kept");
                must(
                        size == candidates.size() || !mayTravel(candidates.subList(0, size + 1), 1),
                        "as many leave together as may");
            }
            // What has left is dropped only as far as the lane looked.
            long lastOffset = size < candidates.size() ? offset(candidates.get(size)) : Long.MAX_VALUE;
            int before = waiting.size();
            waiting.removeIf(entry -> offset(entry) < lastOffset);
            dropped += before - waiting.size() - size;
        }

        private void comesBack(Batch batch) {
            out = null;
            switch (random.nextInt(7)) {
                case 0 -> putBack(List.of(batch.attempted()));
                case 1 -> putBack(List.of(batch.attempted().refused()));
                case 2 -> putBack(batch.isSingle() ? List.of(batch) : batch.halves());
                case 3 -> putBack(batch.devices().size() < 2 ? List.of(batch) : batch.halvesByDevice());
                case 4 -> {
                    lane.putBackUnsent(batch);
                    if (batch.attempts() > 0 || !returned.isEmpty()) {
                        returned.addFirst(batch);
                    } else {
                        waiting.addAll(0, batch.entries());
                    }
                }
                case 5 -> out = batch;
                default -> settle(batch.entries());
            }
        }

        private void putBack(List<Batch> parts) {
            lane.putBack(parts);
            returned.addAll(0, parts);
            must(parts.stream().mapToInt(Batch::size).sum() > 0, "parts hold something");
        }

        private void settle(List<LaneEntry> entries) {
            for (LaneEntry entry : entries) {
                settled++;
                Long before = lastSettled.put(entry.report().device(), offset(entry));
                must(before == null || before < offset(entry), "a device's reports leave in their order");
            }
        }

        private void check() {
            List<LaneEntry> all = new ArrayList<>();
            returned.forEach(batch -> all.addAll(batch.entries()));
            all.addAll(waiting);
            must(lane.size() == all.size(), "the size is that of all");
            must(lane.isEmpty() == all.isEmpty(), "it is empty when nothing is in it");
            must(lane.first().equals(all.stream().findFirst()), "the first is the first");
            boolean full = lane.isFull(packing);
            must(!full || !returned.isEmpty() || (waiting.size() > 1 && !mayTravel(waiting, 1)), "full means full");
            must(
                    full || (returned.isEmpty() && (waiting.size() < 2 || mayTravel(waiting, 0))),
                    "not full means not full");
        }

        private void finish() {
            if (out != null) {
                settle(out.entries());
            }
            List<LaneEntry> expected = new ArrayList<>();
            returned.forEach(batch -> expected.addAll(batch.entries()));
            expected.addAll(waiting);
            List<LaneEntry> rest = lane.takeAll();
            must(rest.equals(expected), "emptied in order");
            must(lane.isEmpty(), "empty in the end");
            settle(rest);
            must(settled + dropped == added, "nothing is lost");
        }

        private List<LaneEntry> current(List<LaneEntry> entries) {
            return entries.stream()
                    .filter(Predicate.not(entry -> entry.record().isAbandoned()))
                    .collect(toCollection(ArrayList::new));
        }

        /**
         * Whether the platform has a request for them together that keeps the limits.
         *
         * @param estimate 1 where what the lane adds up may be larger than the real body, by so much for each part of it
         */
        private boolean mayTravel(List<LaneEntry> entries, int estimate) {
            List<Report> reports = entries.stream().map(LaneEntry::report).toList();
            Set<Class<?>> forms =
                    Set.copyOf(reports.stream().map(Object::getClass).toList());
            if (forms.size() > 1 || forms.contains(Report.Message.class)) {
                return false;
            }
            Map<DeviceId, List<String>> contents = new HashMap<>();
            reports.forEach(report -> contents.computeIfAbsent(report.device(), any -> new ArrayList<>())
                    .add(TestTelemetry.text(report.json())));
            boolean children = forms.contains(Report.ChildProperties.class);
            if (children && contents.size() > packing.maxChildren()) {
                return false;
            }
            String body = contents.entrySet().stream()
                    .map(device -> children
                            ? "{\"device_id\":\"" + device.getKey() + "\",\"services\":["
                                    + String.join(",", device.getValue()) + "]}"
                            : String.join(",", device.getValue()))
                    .collect(joining(",", children ? "{\"devices\":[" : "{\"services\":[", "]}"));
            return body.length() + estimate * (2 + 2 * contents.size()) <= packing.maxSize();
        }

        private static long offset(LaneEntry entry) {
            return entry.record().record().position().offset();
        }

        private static void must(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError("broken: " + what);
            }
        }
    }
}
