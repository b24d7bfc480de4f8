package io.iotdarelay.compare;

import io.iotdarelay.compare.engine.EngineMain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured.
 *
 * @param name {@code relay}, or one of {@link EngineMain}
 * @param jar that of the relay; empty for others
 */
record Engine(String name, String jar) {

    static final String ALL = "relay,bare-kafka,bare,pc-vertx,pc-reactor,spring-kafka";

    /** As given: a name, or {@code relay:JAR}. */
    static Engine of(String given, String jar) {
        String[] parts = given.split(":", 2);
        if (parts[0].equals("relay")) {
            return new Engine("relay", parts.length > 1 ? parts[1] : jar);
        }
        if (!List.of(ALL.split(",")).contains(given)) {
            throw new IllegalArgumentException("no such engine: " + given + "; there are " + ALL);
        }
        return new Engine(given, "");
    }

    boolean isRelay() {
        return name.equals("relay");
    }

    boolean keepsOrder() {
        return !name.startsWith("bare");
    }

    boolean readsKafka() {
        return !name.equals("bare");
    }

    String label(List<Engine> all) {
        List<String> jars = all.stream()
                .map(Engine::jar)
                .filter(other -> !other.isEmpty())
                .distinct()
                .toList();
        if (!isRelay() || jars.size() < 2) {
            return name;
        }
        long files = jars.stream()
                .map(other -> Path.of(other).getFileName())
                .distinct()
                .count();
        return name + ":" + (files == jars.size() ? Path.of(jar).getFileName() : jar);
    }

    /** The rest of the command that starts it, after those arguments that are the JVM's own. */
    List<String> command(
            Scene scene, Broker broker, Sink sink, Path devices, String topic, String group, List<String> more) {
        return isRelay()
                ? relay(scene, broker, sink, devices, topic, group, more)
                : peer(scene, broker, sink, topic, group);
    }

    private List<String> peer(Scene scene, Broker broker, Sink sink, String topic, String group) {
        List<String> arguments =
                new ArrayList<>(List.of("-cp", classpath(), EngineMain.class.getName(), "--engine=" + name));
        arguments.addAll(scene.arguments());
        arguments.addAll(List.of(
                "--bootstrap=" + broker.bootstrap(),
                "--endpoint=" + sink.endpoint(),
                "--authority=" + sink.authority(),
                "--topic=" + topic,
                "--group=" + group));
        return arguments;
    }

    /** Vert.x is made for an older Netty: see {@code vertx/pom.xml}. */
    private String classpath() {
        String own = name.equals("pc-vertx") ? System.getProperty("compare.vertx", "") : "";
        return own.isEmpty() ? System.getProperty("java.class.path") : own;
    }

    private List<String> relay(
            Scene scene, Broker broker, Sink sink, Path devices, String topic, String group, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-jar",
                jar,
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + broker.bootstrap(),
                "--spring.kafka.consumer.group-id=" + group,
                "--spring.ssl.bundle.pem.sink.truststore.certificate="
                        + sink.authority().toUri(),
                "--relay.iotda.ssl-bundle=sink",
                "--relay.iotda.endpoint=" + sink.endpoint(),
                "--relay.iotda.max-connections=" + Math.max(512, 2 * scene.inFlight()),
                "--relay.lane.max-in-flight-requests=" + scene.inFlight(),
                "--relay.devices.file=" + devices.toUri(),
                "--relay.quota.authentications-per-second=0",
                "--relay.routes[0].name=compare",
                "--relay.routes[0].topics[0]=" + topic,
                "--relay.routes[0].to=" + scene.to(),
                "--relay.routes[0].device-id=/device_id"));
        if (!scene.to().equals("message")) {
            arguments.addAll(List.of(
                    "--relay.routes[0].services[0].id=Meter",
                    "--relay.routes[0].services[0].event-time=/ts",
                    "--relay.routes[0].services[0].properties.temperature=/payload/temp",
                    "--relay.routes[0].services[0].properties.voltage.from=/payload/dv",
                    "--relay.routes[0].services[0].properties.voltage.scale=0.1",
                    "--relay.routes[0].services[0].properties.state=/payload/state",
                    "--relay.routes[0].services[0].properties.seq=/seq",
                    "--relay.routes[0].services[0].properties.stamp=/stamp"));
        }
        arguments.addAll(more);
        return arguments;
    }
}
