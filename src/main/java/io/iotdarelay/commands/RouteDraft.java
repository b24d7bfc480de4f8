package io.iotdarelay.commands;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.model.ModelOutline;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes a first route from what stands in records of one kind: YAML, with comments that say why. */
final class RouteDraft {

    static final String BY_DIRECTORY = "# The directory names the gateway of each child.";

    private static final int MOST_CANDIDATES = 5;
    private static final int LONGEST_NAME = 64;

    /** An ID in the element speaks for each element being a report of its own. */
    private static final double INSIDE = 5;

    private final Target target;
    private final Kinds.Kind kind;
    private final KnownDevices known;
    private final DraftNames names;
    private final Observation seen;
    private final Page page = new Page();

    /**
     * What all routes have in common.
     *
     * @param model holds the names and types of properties, if it is known
     * @param product the ID of the product that has it
     */
    record Target(
            String topic,
            Encoding encoding,
            Optional<ModelOutline> model,
            @Nullable String product) {}

    /**
     * Nothing is written yet.
     *
     * @param names of routes
     */
    RouteDraft(Target target, Kinds.Kind kind, KnownDevices known, DraftNames names) {
        this.names = names;
        this.target = target;
        this.kind = kind;
        this.known = known;
        this.seen = new Observation(kind.samples(), known);
    }

    /** The route as an element of {@code relay.routes}, or nothing where no place can hold a device's ID. */
    Optional<String> yaml() {
        List<DeviceCandidate> outside = seen.devicesOfRecords();
        List<DeviceCandidate> inside = inside(outside);
        if (inside.isEmpty() && outside.isEmpty()) {
            return Optional.empty();
        }
        boolean each = !inside.isEmpty()
                && (outside.isEmpty()
                        || inside.getFirst().score() + INSIDE
                                >= outside.getFirst().score());
        List<DeviceCandidate> candidates = each
                ? Stream.concat(inside.stream(), outside.stream().filter(DeviceCandidate::isCredible))
                        .toList()
                : outside;
        DeviceCandidate device = candidates.getFirst();
        boolean children = known.areChildren(device.ids());
        ServiceDraft services = new ServiceDraft(seen, target, device, each);
        head(services.fitsModel());
        page.line(2, "to: " + (services.isEmpty() ? "message" : children ? "gateway" : "properties"));
        if (each) {
            each(2);
        }
        if (!device.isCredible()) {
            page.line(2, "# No place is called like a device ID: choose one, or make it from several.");
        }
        if (children) {
            gateway(device, outside);
        }
        candidates.stream()
                .filter(candidate -> candidate.equals(device) || candidate.isCredible() || !device.isCredible())
                .limit(MOST_CANDIDATES)
                .forEach(candidate -> page.line(2, "# " + describe(candidate)));
        page.line(2, "device-id: " + device.rule());
        if (seen.isOwnForm()) {
            page.line(2, "# The values are in IoTDA's own form: they are passed on.");
        } else if (each && seen.isOwnFormOfElements()) {
            page.line(2, "# The elements are in IoTDA's own form: they are passed on.");
            page.line(2, "services-from: ./services");
        } else if (!services.isEmpty()) {
            services.write(page);
        }
        return Optional.of(page.text());
    }

    /** In the record, if it is there; otherwise the directory names it. */
    private void gateway(DeviceCandidate device, List<DeviceCandidate> outside) {
        Set<String> gateways = known.gatewaysOf(device.ids());
        outside.stream()
                .filter(candidate -> gateways.containsAll(candidate.ids()))
                .findFirst()
                .ifPresentOrElse(
                        candidate -> page.line(2, "gateway-id: " + candidate.rule()), () -> page.line(2, BY_DIRECTORY));
    }

    private List<DeviceCandidate> inside(List<DeviceCandidate> outside) {
        List<DeviceCandidate> inside = seen.devicesOfElements();
        boolean others = !outside.isEmpty() && outside.getFirst().isCredible();
        return inside.isEmpty() && !others ? seen.doubtfulDevicesOfElements() : inside;
    }

    private void head(boolean fitsModel) {
        page.line(0, "- name: " + routeName());
        page.line(2, "topics: [" + YamlText.quotedAlways(target.topic()) + "]");
        if (!kind.isOnly()) {
            page.line(
                    2,
                    "when: { " + YamlText.condition(kind.selector()) + ": " + YamlText.quotedAlways(kind.value())
                            + " }   # " + kind.samples().size() + " records");
        }
        if (target.encoding().format() != Format.JSON) {
            page.line(2, "format: " + word(target.encoding().format()));
        }
        if (target.encoding().compression() != Compression.NONE) {
            page.line(2, "compression: " + word(target.encoding().compression()));
        }
        if (seen.hasHeadersOfAmqp()) {
            page.line(2, "header-format: amqp");
        }
        if (target.product() != null) {
            page.line(
                    2,
                    fitsModel
                            ? "product: " + YamlText.quoted(target.product())
                            : "# product: " + target.product() + "   # once its names are those of the model");
        }
    }

    /** Where an array may be missing, it need not be there. */
    private void each(int indent) {
        seen.repeated().ifPresent(repeated -> page.line(indent, "each: " + ServiceDraft.each(repeated, seen)));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String describe(DeviceCandidate candidate) {
        int distinct = candidate.ids().size();
        return "device ID? " + candidate.shown() + ": " + distinct + (distinct == 1 ? " value" : " different values")
                + (known.areAny() ? ", " + candidate.known() + " of them in the directory" : "");
    }

    private String routeName() {
        String all = target.topic() + (kind.isOnly() ? "" : "-" + kind.value());
        String name = all.replaceAll("[^A-Za-z0-9._-]", "-");
        String last = name.substring(target.topic().lastIndexOf('.') + 1);
        return YamlText.quoted(
                names.unique(last.isEmpty() ? "route" : last.substring(0, Math.min(last.length(), LONGEST_NAME))));
    }
}
