package io.iotdarelay.commands;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Tells records of several kinds apart: by a member or header whose few values go along with different members. */
final class Kinds {

    private static final int FEWEST = 4;
    private static final int MOST = 6;

    /** Kinds share less than this part of their members. */
    private static final double ALIKE = 0.6;

    private static final Pattern KIND =
            Pattern.compile("(?i)(.*[_.-])?(type|kind|event|op|cmd|command|method|action|category"
                    + "|class|topic|channel)|(msg|message|event|record|data|report)_?(type|kind|class)|f?port");

    /**
     * Records of one kind.
     *
     * @param selector what says so; empty where there is only one kind
     * @param value what stands there
     */
    record Kind(String selector, String value, List<Sample> samples) {

        Kind {
            samples = List.copyOf(samples);
        }

        boolean isOnly() {
            return selector.isEmpty();
        }
    }

    private record Split(String selector, Map<String, List<Sample>> groups, double likeness) {}

    private Kinds() {}

    /** The kinds in the order in which they were met; one, where nothing tells them apart. */
    static List<Kind> of(List<Sample> samples) {
        Map<String, Map<String, List<Sample>>> candidates = new LinkedHashMap<>();
        if (samples.size() >= FEWEST) {
            boolean amqp = samples.stream().map(Sample::record).anyMatch(AmqpHeaders::areIn);
            samples.forEach(sample -> values(sample, amqp)
                    .forEach((selector, value) -> candidates
                            .computeIfAbsent(selector, unused -> new LinkedHashMap<>())
                            .computeIfAbsent(value, unused -> new ArrayList<>())
                            .add(sample)));
        }
        IdentityHashMap<Sample, Set<String>> members = new IdentityHashMap<>();
        Optional<Split> best = candidates.entrySet().stream()
                .filter(candidate -> isSplit(candidate.getValue(), samples.size()))
                .map(candidate ->
                        new Split(candidate.getKey(), candidate.getValue(), likeness(candidate.getValue(), members)))
                .filter(split -> split.likeness() < ALIKE)
                .min(Comparator.comparingDouble(Split::likeness));
        return best.map(split -> split.groups().entrySet().stream()
                        .map(group -> new Kind(split.selector(), group.getKey(), group.getValue()))
                        .toList())
                .orElseGet(() -> List.of(new Kind("", "", samples)));
    }

    private static boolean isSplit(Map<String, List<Sample>> groups, int samples) {
        return groups.size() > 1
                && groups.size() <= MOST
                && groups.size() * 2 <= samples
                && groups.values().stream().mapToInt(List::size).sum() == samples;
    }

    /** Texts that may say what kind a record is of. */
    private static Map<String, String> values(Sample sample, boolean amqp) {
        Map<String, String> values = new LinkedHashMap<>();
        collect(sample.tree(), "", values);
        sample.record().headers().forEach(header -> {
            if (KIND.matcher(header.name()).matches()) {
                AmqpHeaders.read(header.value(), amqp)
                        .filter(JsonNode::isString)
                        .ifPresent(text -> values.put("header:" + header.name(), text.asString()));
            }
        });
        return values;
    }

    private static void collect(JsonNode node, String path, Map<String, String> values) {
        if (node.isObject()) {
            node.forEachEntry((name, member) -> {
                String below = path + "/" + Pointers.escaped(name);
                if (member.isString() && KIND.matcher(name).matches()) {
                    values.put(below, member.asString());
                } else if (path.isEmpty()) {
                    collect(member, below, values);
                }
            });
        }
    }

    /** Which part of their members two kinds share, on average. */
    private static double likeness(Map<String, List<Sample>> groups, IdentityHashMap<Sample, Set<String>> members) {
        List<Set<String>> all = groups.values().stream()
                .map(group -> {
                    Set<String> union = new HashSet<>();
                    group.forEach(sample -> union.addAll(members.computeIfAbsent(sample, Kinds::members)));
                    return union;
                })
                .toList();
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                Set<String> both = new HashSet<>(all.get(i));
                both.retainAll(all.get(j));
                int union = all.get(i).size() + all.get(j).size() - both.size();
                sum += union == 0 ? 1 : (double) both.size() / union;
                pairs++;
            }
        }
        return pairs == 0 ? 1 : sum / pairs;
    }

    private static Set<String> members(Sample sample) {
        Places places = new Places("", Set.of());
        places.add(sample.record(), sample.tree());
        Set<String> selectors = new HashSet<>();
        places.all().forEach(place -> selectors.add(place.selector() + " " + place.inner()));
        return selectors;
    }
}
