package io.iotdarelay.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What all trials share.
 *
 * @param directory for everything that is written; it goes away at the end
 * @param engineCore on which an engine runs alone
 * @param otherCore on which all the rest runs
 * @param jvm the JVM's arguments of an engine
 * @param relay more arguments for the relay
 */
record Stage(
        Path directory, int engineCore, int otherCore, Broker broker, Sink sink, List<String> jvm, List<String> relay) {

    List<String> command(Engine engine, Scene scene, String topic, String group) {
        return engine.command(scene, broker, sink, devices(scene), topic, group, relay);
    }

    /** A topic with all records of a scene, which is filled when it is needed first. */
    void prepare(Scene scene) {
        if (!broker.has(scene.topic())) {
            broker.createTopic(scene.topic(), Broker.PARTITIONS);
            broker.fill(scene.topic(), scene, scene.records());
        }
    }

    private Path devices(Scene scene) {
        StringBuilder lines = new StringBuilder("device_id,secret,gateway_id\n");
        if (scene.isGateway()) {
            for (int i = 0; i < scene.senders(); i++) {
                lines.append(scene.senderAt(i))
                        .append(",secret-of-")
                        .append(scene.senderAt(i))
                        .append(",\n");
            }
        }
        for (int i = 0; i < scene.devices(); i++) {
            lines.append(scene.device(i))
                    .append(",secret-of-")
                    .append(scene.device(i))
                    .append(',');
            lines.append(scene.isGateway() ? scene.sender(i) : "").append('\n');
        }
        try {
            return Files.writeString(directory.resolve("devices-" + scene.isGateway() + ".csv"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
