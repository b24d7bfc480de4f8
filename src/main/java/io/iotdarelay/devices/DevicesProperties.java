package io.iotdarelay.devices;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.Requirements;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The directory of devices. At least one source is required; if both contain a device, the topic is used.
 *
 * @param file a file with one line per device, for example {@code file:/etc/iotda-relay/devices.csv}. A {@code .csv} file
 *     begins with the header {@code device_id,secret,gateway_id,product_id,node_id,group}; a {@code .jsonl} file has an object with
 *     these keys on each line. A child device names its gateway and needs no secret. {@code product_id} (optional) is the product
 *     by whose model reports are checked, {@code node_id} (optional) what records call the device, if that is not its ID, and
 *     {@code group} (optional) whose it is: routes may be limited to a group ({@code relay.routes[].devices.group}). The file is
 *     read again within two seconds when it changes, also as a mounted Kubernetes Secret.
 * @param topic a compacted Kafka topic: the key is the device ID, the value {@code {"secret":"...","gateway_id":"..."}}, with
 *     {@code product_id}, {@code node_id} and {@code group} likewise, and a null value deletes the device.
 * @param unknownGrace how long a record waits for a device that is not in the directory, because provisioning may be a
 *     little behind telemetry. After that it becomes a dead letter.
 * @param keep where devices are kept that were learnt from the platform, created or found: {@code memory}, of this instance until it ends; or
 *     {@code topic}: they are written to {@code topic} as well, so that other instances and a restart need not ask for them. Their secrets stand
 *     there as in any entry, in plain text: only the relay and who writes the directory should have access. An entry of somebody else is never
 *     replaced.
 */
@ConfigurationProperties("relay.devices")
public record DevicesProperties(
        @Nullable String file,
        @Nullable String topic,

        @Between(least = "0s", most = "10m") @DefaultValue("10s")
        Duration unknownGrace,

        @DefaultValue("memory") Keeping keep) {

    /** Where devices can be kept that were learnt from the platform. */
    public enum Keeping {
        MEMORY,
        TOPIC
    }

    public DevicesProperties {
        new Requirements("relay.devices")
                .that(file != null || topic != null, "file", "a source of devices is required: file, topic, or both")
                .that(
                        file == null || isDirectoryFile(file),
                        "file",
                        "'" + file + "' must be a .csv or .jsonl file, such as file:/etc/iotda-relay/devices.csv")
                .that(
                        topic == null || topic.matches("[A-Za-z0-9._-]{1,249}"),
                        "topic",
                        "'" + topic + "' is not a valid topic name")
                .that(
                        keep == Keeping.MEMORY || topic != null,
                        "keep",
                        "topic needs relay.devices.topic, where devices learnt from the platform would be kept")
                .check();
    }

    private static boolean isDirectoryFile(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".jsonl");
    }

    /** The location of the file, which must be configured. */
    Path path() {
        String text = String.valueOf(file);
        return FileLocation.path(text);
    }
}
