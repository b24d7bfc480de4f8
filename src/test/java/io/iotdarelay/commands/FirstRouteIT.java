package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk in {@code docs/commands.md} from an unknown topic to a tested route: its commands, in their order, print what it shows. */
class FirstRouteIT {

    private static final String TOPIC = "plant.pumps";
    private static final Pattern BLOCK = Pattern.compile("(?s)```(\\w*)\\n(.*?)```");
    private static final int RECORDS = 300;

    @TempDir
    private Path folder;

    @Test
    void leadsToATestedRoute() {
        LocalKafka kafka = LocalKafka.shared();
        kafka.createTopic(TOPIC, 1);
        produce(kafka);
        String page = Yaml.text(Path.of("docs/commands.md"));
        String section = page.substring(page.indexOf("\n## From an unknown topic"), page.indexOf("\n## check\n"));
        List<MatchResult> blocks = BLOCK.matcher(section).results().toList();
        write("devices.csv", text(blocks, "device_id,"));
        write("pump.json", text(blocks, "{\n  \"product_id\""));
        write(
                "relay.yaml",
                text(blocks, "spring.kafka")
                        .replace("localhost:9092", kafka.bootstrapServers())
                        .replace("devices.csv", folder.resolve("devices.csv").toString()));
        write("mapping-tests/pump.case.yaml", text(blocks, "record:\n"));

        String suggestion = run(section, "suggest");
        assertThat(suggestion.replace(folder + "/", "")).isEqualTo(text(blocks, "# 300 records"));
        write("mapping.yaml", edited(suggestion, text(blocks, "            voltage:")));

        assertThat(run(section, "check")).isEqualTo(after(section, "check"));
        assertThat(run(section, "try")).startsWith(after(section, "try"));
        assertThat(run(section, "test")).isEqualTo(after(section, "test"));
    }

    /** The two lines take the place of the comments about these properties. */
    private static String edited(String suggestion, String lines) {
        String without = suggestion.replaceAll("(?m)^ +# (voltage|running) .*\\n", "");
        return without.replaceFirst("(?m)^( +flowRate: .*\\n)", "$1" + lines.replace("$", "\\$"));
    }

    private void write(String name, String text) {
        Path unused = new Workplace(folder).write(name, text);
    }

    private static String text(List<MatchResult> blocks, String begin) {
        return blocks.stream()
                .map(block -> block.group(2))
                .filter(text -> text.startsWith(begin))
                .findFirst()
                .orElseThrow();
    }

    /** The block behind the command. */
    private static String after(String section, String verb) {
        String rest = section.substring(section.indexOf("java -jar iotda-relay.jar " + verb));
        return BLOCK.matcher(rest.substring(rest.indexOf("```") + 3))
                .results()
                .findFirst()
                .orElseThrow()
                .group(2);
    }

    private String run(String section, String verb) {
        String line = section.lines()
                .filter(each -> each.startsWith("java -jar iotda-relay.jar " + verb))
                .findFirst()
                .orElseThrow();
        String[] arguments = line.replaceFirst(" > .*", "")
                .replace("java -jar iotda-relay.jar ", "")
                .replaceAll("(relay\\.yaml|mapping\\.yaml|pump\\.json|mapping-tests)", folder + "/$1")
                .split(" ");
        return CommandRun.of(arguments).out();
    }

    private static void produce(LocalKafka kafka) {
        try (Producer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < RECORDS; i++) {
                String temperature = i == 100 ? "850.0" : (20 + i % 7) + ".5";
                String value = i == 200
                        ? "{'deviceId':'pump-1'}"
                        : "{\"deviceId\":\"pump-%d\",\"ts\":%d,\"data\":{\"temp\":%s,\"dv\":%d,\"flow_rate\":%d,\"state\":\"%s\"},\"fw\":\"1.4.2\"}"
                                .formatted(
                                        1 + i % 2,
                                        1767225601000L + 1000L * i,
                                        temperature,
                                        2290 + i % 20,
                                        i % 30,
                                        i % 5 == 0 ? "OFF" : "ON");
                var unused = producer.send(new ProducerRecord<>(
                        TOPIC, 0, 1767225601000L + 1000L * i, null, value.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }
}
