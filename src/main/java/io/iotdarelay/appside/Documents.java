package io.iotdarelay.appside;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is in the JSON of answers. Unknown members are ignored; a document that lacks what identifies it is none. Pure. */
final class Documents {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** The time of a report, in UTC. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final Pattern MARKER = Pattern.compile("[A-Za-z0-9]{1,64}");

    private Documents() {}

    static Optional<Device> device(JsonNode document) {
        JsonNode proof = document.path("auth_info");
        return id(document, "device_id")
                .map(id -> new Device(
                        id,
                        text(document, "node_id"),
                        text(document, "product_id"),
                        id(document, "gateway_id").filter(gateway -> !gateway.equals(id)),
                        named(Device.Status.values(), text(document, "status"), Device.Status.OTHER),
                        named(Device.Proof.values(), text(proof, "auth_type"), Device.Proof.OTHER),
                        secret(proof, "secret"),
                        secret(proof, "secondary_secret")));
    }

    /** A secret that is absent or masked is none. */
    static Optional<DeviceSecret> secret(JsonNode document, String member) {
        return Optional.of(text(document, member))
                .filter(value -> !value.isEmpty() && value.indexOf('*') < 0)
                .map(DeviceSecret::new);
    }

    static Optional<Product> product(JsonNode document) {
        String id = text(document, "product_id");
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(new Product(id, text(document, "name"), new Json(JSON.writeValueAsBytes(document))));
    }

    static Optional<Shadow> shadow(JsonNode document) {
        return id(document, "device_id").map(device -> {
            List<Shadow.Service> services = new ArrayList<>();
            for (JsonNode each : document.path("shadow")) {
                services.add(new Shadow.Service(
                        text(each, "service_id"), each.path("version").asLong(0), reported(each.path("reported"))));
            }
            return new Shadow(device, services);
        });
    }

    private static Optional<Shadow.Reported> reported(JsonNode document) {
        JsonNode properties = document.path("properties");
        return properties.isObject()
                ? Optional.of(new Shadow.Reported(properties, time(text(document, "event_time"))))
                : Optional.empty();
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(TIME.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * A page, which is the last one if it is not full, or says that there are no more. A full page that does not say where the next one
     * begins is none otherwise: the rest of the list would be missing.
     *
     * @param asked the marker that it was asked for with
     * @param before how many of the list are on the pages before it
     */
    static Optional<DevicePage> page(JsonNode document, String asked, long before) {
        JsonNode all = document.path("devices");
        if (!all.isArray()) {
            return Optional.empty();
        }
        List<Device> devices = new ArrayList<>();
        for (JsonNode each : all) {
            device(each).ifPresent(devices::add);
        }
        JsonNode page = document.path("page");
        int leftOut = all.size() - devices.size();
        long count = page.path("count").asLong(0);
        long delivered = before + all.size();
        String marker = text(page, "marker");
        if (all.size() < DevicePage.LIMIT || (marker.isEmpty() && count <= delivered)) {
            return Optional.of(new DevicePage(devices, leftOut, count, delivered, Optional.empty()));
        }
        return MARKER.matcher(marker).matches() && !marker.equals(asked)
                ? Optional.of(new DevicePage(devices, leftOut, count, delivered, Optional.of(marker)))
                : Optional.empty();
    }

    private static Optional<DeviceId> id(JsonNode document, String member) {
        return Optional.of(text(document, member)).filter(DeviceId::isValid).map(DeviceId::new);
    }

    private static String text(JsonNode document, String member) {
        return document.path(member).asString("");
    }

    private static <E extends Enum<E>> E named(E[] all, String name, E other) {
        return Arrays.stream(all)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(other);
    }
}
