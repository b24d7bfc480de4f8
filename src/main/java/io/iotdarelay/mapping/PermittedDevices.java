package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import io.iotdarelay.telemetry.DeviceId;
import org.jspecify.annotations.Nullable;

/**
 * The devices that a route may speak for: those that keep to every rule that is given. Their IDs count as the platform knows them, letter
 * by letter.
 *
 * @param prefix how their IDs begin
 * @param pattern matches their whole IDs
 * @param group the group that the device directory has for them
 */
public record PermittedDevices(
        @Nullable String prefix,
        @Nullable Pattern pattern,
        @Nullable String group) {

    /** Where nothing is said about them. */
    public static final PermittedDevices ALL = new PermittedDevices(null, null, null);

    /** Whether there is no rule. */
    public boolean areAll() {
        return prefix == null && pattern == null && group == null;
    }

    /** Whether a device keeps to the rules about IDs. */
    public boolean permitId(DeviceId device) {
        return (prefix == null || device.value().startsWith(prefix))
                && (pattern == null || pattern.matches(device.value()));
    }

    /**
     * Whether a device keeps to all rules.
     *
     * @param inGroup the group that the directory has for it, if any
     */
    public boolean permit(DeviceId device, @Nullable String inGroup) {
        return permitId(device) && (group == null || group.equals(inGroup));
    }
}
