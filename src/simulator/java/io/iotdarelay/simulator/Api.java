package io.iotdarelay.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The calls that are answered, by their methods and paths: the four of devices, and those of the application side. */
public enum Api {
    DEVICE_AUTH("POST", "/v5/device-auth"),
    MESSAGES("POST", "/v5/devices/(?<id>[^/]+)/sys/messages/up"),
    PROPERTIES("POST", "/v5/devices/(?<id>[^/]+)/sys/properties/report"),
    GATEWAY("POST", "/v5/devices/(?<id>[^/]+)/sys/gateway/sub-devices/properties/report"),

    CREATE_DEVICE("POST", Api.PROJECT + "/devices"),
    LIST_DEVICES("GET", Api.PROJECT + "/devices"),
    GET_DEVICE("GET", Api.PROJECT + "/devices/(?<id>[^/]+)"),
    DELETE_DEVICE("DELETE", Api.PROJECT + "/devices/(?<id>[^/]+)"),
    /** {@code action_id=resetSecret}, the only action that HTTPS devices have. */
    RESET_SECRET("POST", Api.PROJECT + "/devices/(?<id>[^/]+)/action"),
    FREEZE_DEVICE("POST", Api.PROJECT + "/devices/(?<id>[^/]+)/freeze"),
    UNFREEZE_DEVICE("POST", Api.PROJECT + "/devices/(?<id>[^/]+)/unfreeze"),
    CHANGE_GATEWAY("POST", Api.PROJECT + "/devices/(?<id>[^/]+)/change-gateway"),
    GET_SHADOW("GET", Api.PROJECT + "/devices/(?<id>[^/]+)/shadow"),
    CREATE_PRODUCT("POST", Api.PROJECT + "/products"),
    LIST_PRODUCTS("GET", Api.PROJECT + "/products"),
    GET_PRODUCT("GET", Api.PROJECT + "/products/(?<id>[^/]+)"),

    /** Anything else: a path that there is not, or a method that a path does not take. */
    UNKNOWN("", "(?!)");

    private static final String PROJECT = "/v5/iot/(?<project>[^/]+)";

    private final String method;
    private final Pattern path;
    private final boolean application;

    Api(String method, String path) {
        this.method = method;
        this.path = Pattern.compile(path);
        this.application = path.startsWith(Api.PROJECT);
    }

    /** Whether applications call it, with a signature; devices otherwise, with a token. */
    public boolean isApplication() {
        return application;
    }

    /**
     * A path that is one of them.
     *
     * @param device the device or product in the path; empty where there is none
     * @param path still encoded
     * @param project of the application side; empty on the side of devices
     */
    public record Target(Api api, String device, String path, String project) {}

    static @Nullable Target find(String method, String requestPath) {
        for (Api api : values()) {
            Matcher matcher = api.path.matcher(requestPath);
            if (api.method.equals(method) && matcher.matches()) {
                return new Target(api, group(matcher, "id"), requestPath, group(matcher, "project"));
            }
        }
        return null;
    }

    /** Whether there is such a path, for whatever method. */
    static boolean knows(String requestPath) {
        for (Api api : values()) {
            if (api.path.matcher(requestPath).matches()) {
                return true;
            }
        }
        return false;
    }

    private static String group(Matcher matcher, String name) {
        return matcher.namedGroups().containsKey(name) ? Percent.decode(matcher.group(name)) : "";
    }
}
