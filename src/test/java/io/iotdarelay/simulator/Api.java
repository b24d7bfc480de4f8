package io.iotdarelay.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The four calls, by their paths. */
public enum Api {
    DEVICE_AUTH("/v5/device-auth"),
    MESSAGES("/v5/devices/([^/]+)/sys/messages/up"),
    PROPERTIES("/v5/devices/([^/]+)/sys/properties/report"),
    GATEWAY("/v5/devices/([^/]+)/sys/gateway/sub-devices/properties/report");

    private final Pattern path;

    Api(String path) {
        this.path = Pattern.compile(path);
    }

    /**
     * A path that is one of the four.
     *
     * @param device the device in the path; empty for an authentication
     */
    public record Target(Api api, String device, String path) {}

    static @Nullable Target find(String requestPath) {
        for (Api api : values()) {
            Matcher matcher = api.path.matcher(requestPath);
            if (matcher.matches()) {
                return new Target(api, matcher.groupCount() == 0 ? "" : matcher.group(1), requestPath);
            }
        }
        return null;
    }
}
