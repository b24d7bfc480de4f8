package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import io.iotdarelay.mapping.RouteProperties.DevicesProperties;
import io.iotdarelay.telemetry.DeviceId;
import org.jspecify.annotations.Nullable;

/** Compiles the rules about a route's devices, and lists all errors in them. */
record PermittedDevicesCompiler(RuleCompiler.Check check) {

    /** All devices where nothing is said about them. A rule that is wrong is an error, and never one rule less. */
    PermittedDevices compile(String path, @Nullable DevicesProperties devices) {
        if (devices == null) {
            return PermittedDevices.ALL;
        }
        check.require(
                devices.prefix() != null || devices.pattern() != null || devices.group() != null,
                path,
                "at least one of prefix, pattern and group is required; without 'devices' the route speaks for all");
        check.require(
                devices.prefix() == null || DeviceId.isValid(devices.prefix()),
                path + ".prefix",
                "'" + devices.prefix() + "' begins no device ID: those have letters, digits, '_' and '-'");
        check.require(
                devices.group() == null
                        || RouteCompiler.NAME.matcher(devices.group()).matches(),
                path + ".group",
                "1 to 64 letters, digits, '.', '_' or '-' are required");
        Pattern pattern = devices.pattern() == null ? null : check.pattern(path + ".pattern", devices.pattern());
        return new PermittedDevices(devices.prefix(), pattern, devices.group());
    }
}
