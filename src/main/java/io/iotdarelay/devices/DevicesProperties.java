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
 * The directory of devices. At least one source is required; of several that contain a device, the topic is used first, then the file, then
 * the platform, then what the relay wrote into the topic itself ({@code keep}).
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
 *     little behind telemetry. After that it becomes a dead letter. It waits for longer while the platform is still to be asked
 *     ({@code platform}).
 * @param platform whether the platform's application side ({@code relay.platform}, which is required then) is asked about devices that no
 *     other source knows, and for the secrets of devices that it refuses. What it answers is kept as {@code keep} says.
 * @param platformKnownFor how long a device that the platform told of counts as it was told; then it is asked again about it if the device still has
 *     records, and what is known stays in use until there is an answer.
 * @param platformAbsentFor for how long it is not asked again about a device that it does not have; at least {@code unknown-grace}.
 * @param platformMaxDevices how many of its devices are kept, at about 0.6 KB of heap each, and how many that it does not have. Never more
 *     than fit into an eighth of the heap. A device that was evicted is asked for again with its next record.
 * @param platformLongestWait how long a record waits at most while the platform cannot be asked, or has not been asked because others come
 *     first, or creates the device. After that it becomes a dead letter. It ends sooner where such records hold up devices that are known.
 * @param platformNodes whether a name that is no device's ID on the platform may also be a device's {@code node_id} there: it is looked for with
 *     a second call, and counts if exactly one device has it.
 * @param keep where devices are kept that were learnt from the platform, created or found: {@code memory}, of this instance until it ends; or
 *     {@code topic}: they are written to {@code topic} as well, so that other instances and a restart need not ask for them. Their secrets stand
 *     there as in any entry, in plain text: only the relay and who writes the directory should have access. An entry of somebody else is never
 *     replaced, and a device that {@code file} has is not written.
 */
@ConfigurationProperties("relay.devices")
public record DevicesProperties(
        @Nullable String file,
        @Nullable String topic,

        @Between(least = "0s", most = "10m") @DefaultValue("10s")
        Duration unknownGrace,

        @DefaultValue("false") boolean platform,

        @Between(least = "1m", most = "7d") @DefaultValue("6h")
        Duration platformKnownFor,

        @Between(least = "1s", most = "24h") @DefaultValue("5m")
        Duration platformAbsentFor,

        @Between(least = "1", most = "10000000") @DefaultValue("100000")
        int platformMaxDevices,

        @Between(least = "0s", most = "24h") @DefaultValue("1h")
        Duration platformLongestWait,

        @DefaultValue("false") boolean platformNodes,
        @DefaultValue("memory") Keeping keep) {

    /** The part of the heap that the platform's devices may take, and what each takes, in bytes. */
    private static final int SHARE_OF_HEAP = 8;

    private static final int BYTES_EACH = 600;

    /** Where devices can be kept that were learnt from the platform. */
    public enum Keeping {
        MEMORY,
        TOPIC
    }

    public DevicesProperties {
        new Requirements("relay.devices")
                .that(
                        file != null || topic != null || platform,
                        "file",
                        "a source of devices is required: file, topic, platform: true, or several of them")
                .that(
                        file == null || isDirectoryFile(file),
                        "file",
                        "'" + file + "' must be a .csv or .jsonl file, such as file:/etc/iotda-relay/devices.csv")
                .that(
                        topic == null || topic.matches("[A-Za-z0-9._-]{1,249}"),
                        "topic",
                        "'" + topic + "' is not a valid topic name")
                .that(
                        !platform || platformAbsentFor.compareTo(unknownGrace) >= 0,
                        "platform-absent-for",
                        "must be at least relay.devices.unknown-grace")
                .that(
                        keep == Keeping.MEMORY || topic != null,
                        "keep",
                        "topic needs relay.devices.topic, where devices learnt from the platform would be kept")
                .check();
    }

    /** How many of the platform's devices are kept where the heap has this size, in bytes. */
    public int mostOfPlatform(long heap) {
        return Math.clamp(heap / SHARE_OF_HEAP / BYTES_EACH, 1, platformMaxDevices);
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
