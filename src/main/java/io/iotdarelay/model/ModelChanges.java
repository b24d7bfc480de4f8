package io.iotdarelay.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one model of a product says differently from the one before it. Pure. */
final class ModelChanges {

    private static final int MOST = 30;
    private static final int LONGEST = 200;

    private final List<String> changes = new ArrayList<>();
    private int more;

    private ModelChanges() {}

    /** A line for each service or property, in the order of their names and not too many; none where they say the same. */
    @SuppressWarnings("ReferenceEquality") // one that was not read again cannot differ, and there may be many
    static List<String> between(Product before, Product now) {
        if (before == now) {
            return List.of();
        }
        ModelChanges changes = new ModelChanges();
        for (String id : names(before.services(), now.services())) {
            Service former = before.services().get(id);
            Service present = now.services().get(id);
            if (former == null) {
                changes.add("added service " + id);
            } else if (present == null) {
                changes.add("removed service " + id);
            }
            changes.properties(
                    id,
                    former == null ? Map.of() : former.properties(),
                    present == null ? Map.of() : present.properties());
        }
        return changes.all();
    }

    private void properties(String service, Map<String, Property> before, Map<String, Property> now) {
        for (String name : names(before, now)) {
            Property former = before.get(name);
            Property present = now.get(name);
            String place = service + "." + name;
            if (former == null) {
                add("added " + place + typed(present));
            } else if (present == null) {
                add("removed " + place);
            } else {
                List<String> facets = facets(former, present);
                if (!facets.isEmpty()) {
                    add("changed " + place + ": " + String.join(", ", facets));
                }
            }
        }
    }

    private static String typed(@Nullable Property added) {
        return added == null ? "" : added.shown().substring(added.name().length());
    }

    private static List<String> facets(Property before, Property now) {
        List<String> facets = new ArrayList<>();
        if (before.type() != now.type()) {
            facets.add("type " + before.type() + " to " + now.type());
        }
        if (!before.range().isSameAs(now.range())) {
            facets.add("range [" + before.range() + "] to [" + now.range() + "]");
        }
        facet(facets, "max_length", length(before), length(now));
        if (!before.listed().equals(now.listed())) {
            facets.add("enum_list of " + before.listed().size() + " to "
                    + now.listed().size() + " values");
        }
        facet(facets, "step", step(before.step()), step(now.step()));
        facet(facets, "unit", before.unit(), now.unit());
        facet(facets, "method", before.method(), now.method());
        facet(facets, "required", String.valueOf(before.required()), String.valueOf(now.required()));
        return facets;
    }

    private static void facet(List<String> facets, String name, String before, String now) {
        if (!before.equals(now)) {
            facets.add(name + " " + (before.isEmpty() ? "none" : before) + " to " + (now.isEmpty() ? "none" : now));
        }
    }

    private static String length(Property property) {
        return property.maxLength() == 0 ? "" : String.valueOf(property.maxLength());
    }

    private static String step(@Nullable BigDecimal step) {
        return step == null ? "" : Objects.toString(step.stripTrailingZeros());
    }

    private static Set<String> names(Map<String, ?> before, Map<String, ?> now) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        return names;
    }

    private void add(String change) {
        if (changes.size() < MOST) {
            changes.add(change.length() > LONGEST ? change.substring(0, LONGEST) + "..." : change);
        } else {
            more++;
        }
    }

    private List<String> all() {
        List<String> all = new ArrayList<>(changes);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return List.copyOf(all);
    }
}
