package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class KindsTest {

    private static Sample sample(String json, String... events) {
        List<RecordHeader> headers = Stream.of(events)
                .map(event -> new RecordHeader("event", event.getBytes(StandardCharsets.UTF_8)))
                .toList();
        return new Sample(
                new SourceRecord(new RecordPosition("t", 0, 0), Instant.EPOCH, null, null, headers),
                JsonMapper.shared().readTree(json));
    }

    private static List<String> kinds(Sample... samples) {
        return Kinds.of(List.of(samples)).stream()
                .map(kind -> kind.selector() + "=" + kind.value() + " "
                        + kind.samples().size())
                .toList();
    }

    @Test
    void tellsThemApartByAMember() {
        assertThat(kinds(
                        sample("{\"id\":\"a\",\"type\":\"climate\",\"temp\":1,\"hum\":2}"),
                        sample("{\"id\":\"a\",\"type\":\"power\",\"w\":1,\"kwh\":2}"),
                        sample("{\"id\":\"a\",\"type\":\"power\",\"w\":1,\"kwh\":2}"),
                        sample("{\"id\":\"b\",\"type\":\"climate\",\"temp\":1}")))
                .containsExactly("/type=climate 2", "/type=power 2");
    }

    @Test
    void tellsThemApartByAHeader() {
        assertThat(kinds(
                        sample("{\"id\":\"a\",\"up\":{\"x\":1,\"y\":1}}", "up"),
                        sample("{\"id\":\"a\",\"up\":{\"x\":1,\"y\":1}}", "up"),
                        sample("{\"id\":\"a\",\"battery\":1,\"margin\":2}", "status"),
                        sample("{\"id\":\"a\",\"battery\":1,\"margin\":2}", "status")))
                .containsExactly("header:event=up 2", "header:event=status 2");
    }

    /** As the routes will read them. */
    @Test
    void readsHeadersOfAmqp() {
        String up = "\u00a1\u0002up";
        String status = "\u00a1\u0006status";

        assertThat(kinds(
                        amqp("{\"id\":\"a\",\"up\":{\"x\":1,\"y\":1}}", up),
                        amqp("{\"id\":\"a\",\"up\":{\"x\":1,\"y\":1}}", up),
                        amqp("{\"id\":\"a\",\"battery\":1,\"margin\":2}", status),
                        amqp("{\"id\":\"a\",\"battery\":1,\"margin\":2}", status)))
                .containsExactly("header:event=up 2", "header:event=status 2");
    }

    private static Sample amqp(String json, String event) {
        RecordHeader header = new RecordHeader("event", event.getBytes(StandardCharsets.ISO_8859_1));
        return new Sample(
                new SourceRecord(new RecordPosition("t", 0, 0), Instant.EPOCH, null, null, List.of(header)),
                JsonMapper.shared().readTree(json));
    }

    @Test
    void keepsTogetherWhatIsAlikeOrRare() {
        assertThat(kinds(
                        sample("{\"id\":\"a\",\"type\":\"x\",\"temp\":1}"),
                        sample("{\"id\":\"a\",\"type\":\"x\",\"temp\":1}"),
                        sample("{\"id\":\"a\",\"type\":\"y\",\"temp\":1}"),
                        sample("{\"id\":\"a\",\"type\":\"y\",\"temp\":1}")))
                .containsExactly("= 4");
        assertThat(kinds(sample("{\"type\":\"x\",\"temp\":1}"), sample("{\"type\":\"y\",\"w\":1}")))
                .containsExactly("= 2");
        assertThat(kinds(sample("1"), sample("2"), sample("3"), sample("4"))).containsExactly("= 4");
    }
}
