package io.iotdarelay.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What devices reported last, by their services. A report shows after a delay, which is none by default; whoever reads sooner
 * reads what was there before. Any thread.
 */
final class Shadows {

    private record Update(Instant shows, String service, JsonNode properties, String eventTime) {

        Update at(Instant sooner) {
            return new Update(sooner, service, properties, eventTime);
        }
    }

    private static final class Service {
        private final Map<String, JsonNode> reported = new LinkedHashMap<>();
        private final Map<String, JsonNode> desired = new LinkedHashMap<>();
        private String reportedAt = "";
        private String desiredAt = "";
        private long version = -1;
    }

    private static final class Shadow {
        private final Map<String, Service> services = new LinkedHashMap<>();
        private final Deque<Update> coming = new ArrayDeque<>();

        /** None is stored before those that came earlier: where the delay has shrunk, they show as soon as it does. */
        void add(Update update) {
            Deque<Update> later = new ArrayDeque<>();
            while (!coming.isEmpty() && coming.getLast().shows().isAfter(update.shows())) {
                later.push(coming.removeLast().at(update.shows()));
            }
            coming.addAll(later);
            coming.add(update);
        }
    }

    private final Map<String, Shadow> shadows = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean held;

    Shadows(Clock clock) {
        this.clock = clock;
    }

    void delay(Duration newDelay) {
        delay = newDelay;
    }

    /** While held, shadows stay as they are; what was reported meanwhile shows afterwards. */
    void hold(boolean nowHeld) {
        held = nowHeld;
    }

    /**
     * Takes what was kept of an entry of {@code services}.
     *
     * @param eventTime as the device stated it; null for the platform's own time
     */
    void report(String device, String service, JsonNode properties, @Nullable String eventTime) {
        Instant now = clock.instant();
        String at = eventTime == null ? Times.compact(now) : Times.compact(eventTime);
        Shadow shadow = shadows.computeIfAbsent(device, id -> new Shadow());
        synchronized (shadow) {
            shadow.add(new Update(now.plus(delay), service, properties, at));
            catchUp(shadow, now);
        }
    }

    /** What an application wishes. */
    void desire(String device, String service, String property, JsonNode value) {
        Shadow shadow = shadows.computeIfAbsent(device, id -> new Shadow());
        synchronized (shadow) {
            Service known = shadow.services.computeIfAbsent(service, id -> new Service());
            known.desired.put(property, value);
            known.desiredAt = Times.compact(clock.instant());
        }
    }

    void forget(String device) {
        shadows.remove(device);
    }

    /** The services of a device in the form of the API. */
    ArrayNode read(String device) {
        ArrayNode services = Json.array();
        Shadow shadow = shadows.get(device);
        if (shadow != null) {
            synchronized (shadow) {
                catchUp(shadow, clock.instant());
                shadow.services.forEach((id, service) -> services.add(describe(id, service)));
            }
        }
        return services;
    }

    private void catchUp(Shadow shadow, Instant now) {
        for (Update next = shadow.coming.peek();
                next != null && !held && !next.shows().isAfter(now);
                next = shadow.coming.peek()) {
            apply(shadow, next);
            shadow.coming.remove();
        }
    }

    private static void apply(Shadow shadow, Update update) {
        Service service = shadow.services.computeIfAbsent(update.service(), id -> new Service());
        update.properties().forEachEntry((name, value) -> {
            if (isStorable(name)) {
                service.reported.put(name, value);
            }
        });
        service.reportedAt = update.eventTime();
        service.version++;
    }

    /** Names with these characters break the shadow: the value arrives, and is never seen. */
    private static boolean isStorable(String name) {
        return name.chars().noneMatch(c -> c == '.' || c == '$' || c == 0);
    }

    private static ObjectNode describe(String id, Service service) {
        ObjectNode described = Json.object().put("service_id", id);
        described.set("desired", part(service.desired, service.desiredAt));
        described.set("reported", part(service.reported, service.reportedAt));
        return described.put("version", Math.max(0, service.version));
    }

    private static ObjectNode part(Map<String, JsonNode> properties, String at) {
        ObjectNode part = Json.object();
        ObjectNode values = part.putObject("properties");
        properties.forEach(values::set);
        return at.isEmpty() ? part.putNull("event_time") : part.put("event_time", at);
    }
}
