package io.iotdarelay.auth;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that another client authenticates a device: each time, the relay's token becomes invalid 30 seconds later, long
 * before it expires. Once may be a restart of the platform, or a device that was reset; twice within an hour is contention.
 * Belongs to one event loop.
 */
final class TokenContention {

    private static final Logger log = LoggerFactory.getLogger(TokenContention.class);

    private static final Duration TOGETHER = Duration.ofHours(1);

    /** How many devices are remembered, the most recent ones. */
    private static final int MAX_REMEMBERED = 10_000;

    private static final int LOGGED_SINGLY = 20;

    /** When the token of a device was last rejected early. */
    private final Map<DeviceId, Long> rejected = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<DeviceId, Long> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private final Set<DeviceId> logged = new HashSet<>();

    /** A token was rejected well before its expiry. Returns whether that is contention. */
    boolean rejectedEarly(DeviceId device, long now) {
        Long before = rejected.remove(device);
        rejected.put(device, now);
        if (before == null || now - before >= TOGETHER.toNanos()) {
            return false;
        }
        if (logged.size() < LOGGED_SINGLY && logged.add(device)) {
            log.atWarn()
                    .addKeyValue("deviceId", device)
                    .log("Another client seems to authenticate this device: its tokens are repeatedly rejected early");
        }
        return true;
    }
}
