package io.iotdarelay.commands;

import io.iotdarelay.model.ModelOutline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Writes the services of a route: by a product model if there is one, otherwise after the records. */
final class ServiceDraft {

    private static final int MOST_PROPERTIES = 100;
    private static final int MOST_LEFT_OUT = 30;
    private static final int LONGEST_TEXT = 64;
    private static final int MANY = 10;
    private static final Pattern QUALITY = Pattern.compile("(?i)q|quality|good|valid|ok");

    private final Observation seen;
    private final RouteDraft.Target target;
    private final DeviceCandidate device;
    private final boolean eachOfRoute;
    private final List<Place> times;
    private final List<Place> properties;
    private final List<Place> around;
    private final int trees;

    /**
     * Decides what is a property.
     *
     * @param eachOfRoute whether the route takes the elements one by one; otherwise its service does
     */
    ServiceDraft(Observation seen, RouteDraft.Target target, DeviceCandidate device, boolean eachOfRoute) {
        this.seen = seen;
        this.target = target;
        this.device = device;
        this.eachOfRoute = eachOfRoute;
        List<Place> outside = without(seen.outside().all(), device.place());
        List<Place> inside = without(seen.elements().map(Places::all).orElse(List.of()), device.place());
        boolean repeated = seen.repeated().isPresent();
        this.trees = seen.elements().map(Places::trees).orElse(seen.samples().size());
        List<Place> own = Times.in(inside);
        List<Place> outer = Times.in(outside);
        this.times = Stream.of(own, outer, Times.in(seen.beside()))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
        this.properties = typed(repeated ? inside : outside).stream()
                .filter(place -> !times.contains(place))
                .toList();
        this.around = repeated
                ? typed(outside).stream()
                        .filter(place -> !outer.contains(place))
                        .toList()
                : List.of();
    }

    private static List<Place> without(List<Place> places, Place one) {
        return places.stream().filter(place -> !place.equals(one)).toList();
    }

    private static List<Place> typed(List<Place> places) {
        return places.stream().filter(place -> place.type() != null).toList();
    }

    /** Whether there is nothing to report. */
    boolean isEmpty() {
        return properties.isEmpty() && seen.pairs().isEmpty() && !seen.isOwnForm();
    }

    /** As a selector; it need not be there where some records are without it. */
    static String each(Repetition repeated, Observation seen) {
        String selector = YamlText.selector(repeated.selector());
        return repeated.records() < seen.samples().size()
                ? "[{ from: " + selector + ", optional: true }]   # in " + repeated.records() + " of "
                        + seen.samples().size()
                : selector;
    }

    /** Whether there is a model, and what is written fits it. */
    boolean fitsModel() {
        List<Place> places = seen.pairs()
                .map(pairs -> List.copyOf(values(pairs, isNamedAfter(pairs)).values()))
                .orElse(properties);
        return target.model().isPresent()
                && (seen.isOwnForm()
                        || !new ModelMatch(target.model().get(), places)
                                .services()
                                .isEmpty());
    }

    private boolean isNamedAfter(Repetition.Pairs pairs) {
        return device.place().selector().equals("./" + Pointers.escaped(pairs.name()));
    }

    void write(Page page) {
        seen.outside()
                .arrays()
                .forEach(path -> page.line(
                        2,
                        "# " + (path.isEmpty() ? "The value" : path)
                                + " is an array: below are its first elements only, each with its number."));
        Optional<Measurements> measurements = target.model().isPresent()
                ? Optional.empty()
                : Measurements.in(seen.repeated().map(Repetition::elements).orElse(seen.samples()));
        quality(page);
        page.line(2, "services:");
        if (measurements.isPresent()) {
            ofMeasurements(page, measurements.get());
        } else if (seen.pairs().isPresent()) {
            ofPairs(page, seen.pairs().get());
        } else if (target.model().isPresent()) {
            ofModel(page, target.model().get());
        } else {
            head(page, YamlText.quoted(serviceId()) + "   # the service_id of your product model");
            page.line(6, "properties:");
            afterRecords(page, properties, new DraftNames());
        }
        around.stream()
                .limit(MOST_LEFT_OUT)
                .forEach(place -> page.line(2, "# the same for all elements, and left out: " + place.selector()));
    }

    private void quality(Page page) {
        properties.stream()
                .filter(place -> seen.repeated().isPresent()
                        && "boolean".equals(place.type())
                        && QUALITY.matcher(place.name()).matches())
                .findFirst()
                .ifPresent(place -> page.line(
                        2,
                        "# To take only elements that are good: "
                                + (eachOfRoute ? "each-when" : "'when' in the service") + ": { "
                                + YamlText.selector(place.selector()) + ": true }"));
    }

    /** ID, elements and time. */
    private void head(Page page, String id) {
        page.line(4, "- id: " + id);
        if (!eachOfRoute) {
            seen.repeated().ifPresent(repeated -> page.line(6, "each: " + each(repeated, seen)));
        }
        if (times.isEmpty()) {
            page.line(6, "# No time was found: the record's timestamp counts.");
            return;
        }
        Place best = times.getFirst();
        times.stream().skip(1).limit(MANY).forEach(other -> page.line(6, "# also a time: " + other.selector()));
        boolean outer = !best.selector().startsWith(".");
        int all = outer ? seen.samples().size() : trees;
        boolean always = best.values() == all && best.isAlwaysTime();
        String selector = YamlText.selector(best.selector());
        String from = always ? selector : "[" + selector + ", timestamp]";
        String inner = best.inner() == null ? "" : ", json: " + YamlText.selector(best.inner());
        String remark = (always ? "" : "; the record's timestamp where there is none")
                + (best.timeUnit().isEmpty() ? "" : "; " + best.timeUnit());
        page.line(
                6,
                "event-time: " + (always && inner.isEmpty() ? from : "{ from: " + from + inner + " }")
                        + (remark.isEmpty() ? "" : "   # " + remark.substring(2)));
    }

    private void ofMeasurements(Page page, Measurements form) {
        String root = seen.repeated().isPresent() ? "." : "";
        if (form.plain()) {
            head(page, YamlText.quotedAlways("{" + root + "/" + form.name() + "}"));
        } else {
            head(
                    page,
                    YamlText.quoted(serviceId()) + "   # " + root + "/" + form.name()
                            + " has characters that no service_id may have");
        }
        page.line(6, "properties:");
        String fields = root + "/fields";
        page.line(8, "\"*\": " + (form.plain() ? fields : "{ from: " + fields + ", name: { sanitize: _ } }"));
        Set<String> names = new LinkedHashSet<>();
        properties.stream()
                .filter(place -> place.selector().startsWith(fields + "/"))
                .forEach(place -> names.add(place.name() + " " + place.type()));
        page.line(8, "# " + some(names));
    }

    private static String some(Set<String> names) {
        return names.stream().limit(MOST_LEFT_OUT).collect(Collectors.joining(", "))
                + (names.size() > MOST_LEFT_OUT ? " and " + (names.size() - MOST_LEFT_OUT) + " more" : "");
    }

    /** Each element is a name and a value. */
    private void ofPairs(Page page, Repetition.Pairs pairs) {
        String name = "./" + Pointers.escaped(pairs.name());
        boolean ofDevice = isNamedAfter(pairs);
        Map<String, Place> values = values(pairs, ofDevice);
        String pattern = ofDevice ? ", pattern: " + YamlText.quotedAlways("([^" + separator() + "]+)$") : "";
        String sanitize = values.keySet().stream().allMatch(DraftNames::isPossible) ? "" : ", sanitize: _";
        String from = pairs.values().size() == 1
                ? YamlText.selector("./" + pairs.values().getFirst())
                : pairs.values().stream().map(value -> "./" + value).collect(Collectors.joining(", ", "[", "]"));
        Set<String> shown = new LinkedHashSet<>();
        values.forEach((one, place) -> shown.add(one + " " + place.type()));
        if (target.model().isPresent()) {
            ofPairs(page, target.model().get(), values, name, pattern, from);
        } else {
            String rule =
                    pattern.isEmpty() && sanitize.isEmpty() ? name : "{ from: " + name + pattern + sanitize + " }";
            head(page, YamlText.quoted(serviceId()) + "   # the service_id of your product model");
            page.line(6, "properties:");
            page.line(8, "\"*\": { name: " + rule + ", from: " + from + ", optional: true }");
        }
        page.line(8, "# names in the records: " + some(shown));
    }

    private char separator() {
        return DeviceCandidates.separator(device.place()).orElse('/');
    }

    private void ofPairs(
            Page page, ModelOutline model, Map<String, Place> values, String name, String pattern, String from) {
        ModelMatch match = new ModelMatch(model, List.copyOf(values.values()));
        for (ModelOutline.Service service : match.services()) {
            head(page, YamlText.quoted(service.id()));
            List<String> names = new ArrayList<>();
            List<String> renamed = new ArrayList<>();
            for (ModelMatch.Found found : match.of(service)) {
                String inData = found.place().name();
                names.add(inData.replaceAll("[^A-Za-z0-9_-]", "\\\\$0"));
                if (!inData.equals(found.property().name())) {
                    renamed.add(YamlText.key(inData) + ": "
                            + YamlText.quoted(found.property().name()));
                }
            }
            if (names.size() < values.size()) {
                String end = pattern.isEmpty() ? "^(" : "[" + separator() + "](";
                page.line(
                        6,
                        "when: { " + YamlText.selector(name) + ": { matches: "
                                + YamlText.quotedAlways(end + String.join("|", names) + ")$") + " } }");
            }
            String rename = renamed.isEmpty() ? "" : ", rename: { " + String.join(", ", renamed) + " }";
            page.line(6, "properties:");
            page.line(
                    8,
                    "\"*\": { name: { from: " + name + pattern + rename + " }, from: " + from + ", optional: true }");
            missing(page, match, service, List.copyOf(values.values()));
        }
        if (match.services().isEmpty()) {
            nothingFits(page);
            page.line(6, "properties:");
            page.line(
                    8,
                    "\"*\": { name: { from: " + name + pattern + ", sanitize: _ }, from: " + from
                            + ", optional: true }");
        }
    }

    /** By their names, as properties will have them. */
    private Map<String, Place> values(Repetition.Pairs pairs, boolean ofDevice) {
        Map<String, Place> values = new LinkedHashMap<>();
        seen.repeated().map(Repetition::elements).orElse(List.of()).forEach(element -> {
            String full = element.tree().path(pairs.name()).asString();
            String name = ofDevice ? full.substring(full.lastIndexOf(separator()) + 1) : full;
            if (values.containsKey(name) || values.size() < MOST_PROPERTIES) {
                JsonNode value = pairs.values().stream()
                        .map(member -> element.tree().path(member))
                        .filter(node -> !node.isMissingNode())
                        .findFirst()
                        .orElseThrow();
                values.computeIfAbsent(name, unused -> new Place("/" + Pointers.escaped(name), null))
                        .add(element.record(), value);
            }
        });
        return values;
    }

    private void nothingFits(Page page) {
        head(page, YamlText.quoted(serviceId()) + "   # no name in the records fits one in the model");
    }

    private void ofModel(Page page, ModelOutline model) {
        ModelMatch match = new ModelMatch(model, properties);
        if (match.services().isEmpty()) {
            nothingFits(page);
            page.line(6, "properties:");
            afterRecords(page, properties, new DraftNames());
        }
        for (ModelOutline.Service service : match.services()) {
            head(page, YamlText.quoted(service.id()));
            page.line(6, "properties:");
            for (ModelMatch.Found found : match.of(service)) {
                page.line(
                        8,
                        YamlText.quoted(found.property().name()) + ": { " + from(found.place()) + ", " + found.steps()
                                + optional(found.place()) + " }" + remark(found));
            }
            missing(page, match, service, properties);
        }
        if (!match.services().isEmpty()) {
            match.others()
                    .forEach(
                            service -> page.line(2, "# in the model, but not in the records: service " + service.id()));
            List<Place> rest =
                    properties.stream().filter(place -> !match.isUsed(place)).toList();
            rest.stream()
                    .limit(MOST_LEFT_OUT)
                    .forEach(place -> page.line(2, "# in the records, but not in the model: " + shown(place)));
            if (rest.size() > MOST_LEFT_OUT) {
                page.line(2, "# and " + (rest.size() - MOST_LEFT_OUT) + " more");
            }
        }
    }

    private static String shown(Place place) {
        return place.selector() + (place.inner() == null ? "" : " with json: " + place.inner()) + " " + place.type();
    }

    private String remark(ModelMatch.Found found) {
        List<String> remarks = new ArrayList<>();
        if (found.isGuess()) {
            remarks.add("by a part of its name: is it this?");
        }
        found.others().forEach(other -> remarks.add("or " + other.selector()));
        if (found.place().values() < trees) {
            remarks.add("in " + found.place().values() + " of " + trees);
        }
        return remarks.isEmpty() ? "" : "   # " + String.join("; ", remarks);
    }

    private static void missing(Page page, ModelMatch match, ModelOutline.Service service, List<Place> places) {
        for (ModelOutline.Property property : match.missing(service)) {
            String why = match.ofAnotherType(property, places)
                    .map(place ->
                            place.selector() + " holds " + (place.type() == null ? "several types" : place.type()))
                    .orElse("not in the records");
            page.line(8, "# " + property.shown() + (property.required() ? ", required" : "") + ": " + why);
        }
    }

    /** A property for each place, named after it. */
    private void afterRecords(Page page, List<Place> places, DraftNames names) {
        int written = 0;
        boolean any = false;
        for (Place place : places) {
            boolean doubtful =
                    ++written > MOST_PROPERTIES || (place.longest() > LONGEST_TEXT && "string".equals(place.type()));
            property(page, place, names.of(place), doubtful);
            any |= !doubtful;
        }
        if (!any) {
            property(page, places.getFirst(), new DraftNames().of(places.getFirst()), false);
        }
    }

    private void property(Page page, Place place, String name, boolean doubtful) {
        String comment = place.values() < trees
                ? "   # in " + place.values() + " of " + trees
                : place.distinct().size() == 1 && trees >= MANY ? "   # always the same" : "";
        page.line(
                8,
                (doubtful ? "# " : "") + YamlText.quoted(name) + ": { " + from(place) + ", type: " + place.type()
                        + optional(place) + " }" + comment);
    }

    private static String from(Place place) {
        return "from: " + YamlText.selector(place.selector())
                + (place.inner() == null ? "" : ", json: " + YamlText.selector(place.inner()));
    }

    private String optional(Place place) {
        return place.values() < trees ? ", optional: true" : "";
    }

    private String serviceId() {
        String name =
                DraftNames.possible(target.topic().substring(target.topic().lastIndexOf('.') + 1));
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }
}
