package io.iotdarelay.testing;

import io.iotdarelay.simulator.Ledger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds what was produced against what the platform accepted, in the order it accepted it.
 *
 * @param lost records that never arrived, as {@code device/sequence}
 * @param outOfOrder records whose first arrival came after that of a later one of the same device
 * @param duplicates arrivals after the first
 * @param foreign arrivals that nobody produced, or that another device sent
 */
public record Audit(
        List<String> lost, List<String> outOfOrder, List<Ledger.Accepted> duplicates, List<String> foreign) {

    /** Looks at a fleet's records, each of which arrived as property {@code n} of some service. */
    public static Audit of(Fleet fleet, Ledger ledger) {
        Map<String, Integer> produced = fleet.produced();
        Map<String, Set<Integer>> arrived = new HashMap<>();
        Map<String, Integer> highest = new HashMap<>();
        List<String> outOfOrder = new ArrayList<>();
        List<Ledger.Accepted> duplicates = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        for (Ledger.Accepted report : ledger.accepted()) {
            String device = report.device();
            int number = number(report);
            if (number < 0
                    || number >= produced.getOrDefault(device, 0)
                    || !report.sender().equals(device)
                    || !report.content().path("device").asString(device).equals(device)) {
                foreign.add(report.sender() + " reported " + device + "/" + number);
            } else if (!arrived.computeIfAbsent(device, any -> new HashSet<>()).add(number)) {
                duplicates.add(report);
            } else if (number < highest.merge(device, number, Math::max)) {
                outOfOrder.add(device + "/" + number);
            }
        }
        List<String> lost = new ArrayList<>();
        produced.forEach((device, count) -> {
            for (int i = 0; i < count; i++) {
                if (!arrived.getOrDefault(device, Set.of()).contains(i)) {
                    lost.add(device + "/" + i);
                }
            }
        });
        return new Audit(lost, outOfOrder, duplicates, foreign);
    }

    /** Whether every record has arrived at least once. */
    public boolean isComplete() {
        return lost.isEmpty();
    }

    private static int number(Ledger.Accepted report) {
        return report.content().path("n").asInt(-1);
    }

    @Override
    public String toString() {
        return "lost " + lost.size() + ", out of order " + outOfOrder.size() + ", duplicates " + duplicates.size()
                + ", foreign " + foreign.size();
    }
}
