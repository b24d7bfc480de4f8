package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** What has to hold of whatever the relay makes of a record, as the platform's documents have it. */
final class Expectations {

    private static final Pattern DEVICE_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    private static final Pattern EVENT_TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z");

    /** A header of a dead letter; a duplicate name in a value is quoted in it. */
    private static final int LONGEST_DETAIL = 11_000;

    private static final ObjectReader JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(1000)
                            .maxNumberLength(2000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private Expectations() {}

    /** The request that would carry this report alone. */
    static void ofReport(Report report, boolean mayOmitTimes) {
        assertThat(report.device().value()).matches(DEVICE_ID);
        assertThat(report.sender().value()).matches(DEVICE_ID);
        byte[] body = RequestBody.of(List.of(report));
        if (report.json().length() <= RequestBody.LIMIT.ofReport()) {
            assertThat(body.length).isLessThanOrEqualTo(RequestBody.MAX_SIZE);
        }
        JsonNode json = JSON.readTree(strictly(body));
        switch (report) {
            case Report.Properties ignored -> {
                assertThat(names(json)).containsExactly("services");
                services(json.path("services"), mayOmitTimes);
            }
            case Report.ChildProperties child -> {
                assertThat(names(json)).containsExactly("devices");
                assertThat(json.path("devices").size()).isOne();
                JsonNode entry = json.path("devices").path(0);
                assertThat(names(entry)).containsExactly("device_id", "services");
                assertThat(entry.path("device_id").asString())
                        .isEqualTo(child.device().value());
                services(entry.path("services"), mayOmitTimes);
            }
            case Report.Message ignored -> message(json);
        }
    }

    static void ofRejection(Rejection rejection) {
        assertThat(rejection.reason()).isEqualTo(RejectionReason.UNMAPPABLE);
        ofDetail(rejection.detail());
    }

    static void ofDetail(String detail) {
        assertThat(detail).isNotBlank().hasSizeLessThan(LONGEST_DETAIL);
    }

    private static void services(JsonNode services, boolean mayOmitTimes) {
        assertThat(services.isArray()).isTrue();
        assertThat(services.isEmpty()).isFalse();
        for (JsonNode entry : services) {
            assertThat(entry.path("service_id").isString()).isTrue();
            assertThat(entry.path("properties").isObject()).isTrue();
            assertThat(mayOmitTimes && !entry.has("event_time")
                            || EVENT_TIME
                                    .matcher(entry.path("event_time").asString("none"))
                                    .matches())
                    .isTrue();
        }
    }

    private static void message(JsonNode message) {
        assertThat(names(message)).isSubsetOf("content", "id", "name").contains("content", "id");
        assertThat(message.path("id").isString()).isTrue();
        assertThat(message.path("name").isString() || message.path("name").isMissingNode())
                .isTrue();
        assertThat(message.path("content").isString() || message.path("content").isObject())
                .isTrue();
    }

    private static Set<String> names(JsonNode object) {
        return new TreeSet<>(object.propertyNames());
    }

    private static String strictly(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AssertionError("the request is not UTF-8", e);
        }
    }
}
