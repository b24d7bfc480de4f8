package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.commands.Finding.Rule;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether the application side takes the access key, by one call that changes nothing and needs no ID: a list of devices. Its right may be
 * missing where others are not, so only a key that is refused altogether is an error.
 */
final class ApplicationCheck {

    static final String SETTINGS = "relay.platform.";
    static final String PATH = SETTINGS + "endpoint";

    private ApplicationCheck() {}

    static Optional<Finding> problem(ApplicationSide side) {
        Answer<DevicePage> answer =
                Objects.requireNonNull(side.devices(DeviceQuery.ALL).block());
        return switch (answer) {
            case Answer.Found<DevicePage> ignored -> Optional.empty();
            case Answer.Misconfigured<DevicePage> wrong ->
                wrong.concernsAll()
                        ? error(wrong.why())
                        : warning("address and signature are right, but this key may not list devices: " + wrong.why()
                                + ". Other calls may be permitted");
            case Answer.Refused<DevicePage> refused ->
                warning("address and signature are right, but devices are not listed: " + refused.describe()
                        + ". Other calls may be permitted");
            case Answer.Throttled<DevicePage> throttled ->
                warning("nothing is known about the access key, for the platform throttles: " + throttled.describe());
            default -> error(answer.describe());
        };
    }

    private static Optional<Finding> error(String message) {
        return Optional.of(Finding.error(Rule.PLATFORM, PATH, message));
    }

    private static Optional<Finding> warning(String message) {
        return Optional.of(Finding.warning(Rule.PLATFORM, PATH, message));
    }
}
