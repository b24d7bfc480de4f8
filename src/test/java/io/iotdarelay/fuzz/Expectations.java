package io.iotdarelay.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.RouteProperties.DevicesProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.pipeline.Admissions;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
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

    private static final Pattern PROPERTY = Pattern.compile("[\u4e00-\u9fa5A-Za-z0-9_?'#().,&%@!-]{1,64}");
    private static final Pattern SERVICE = Pattern.compile("[\u4e00-\u9fa5A-Za-z0-9_?'#().,&%@!$-]{1,64}");

    /** How the message of a defect begins; its stack trace follows. */
    static final String DEFECT = "a defect of the relay: ";

    /** Names that a route makes of values are shown. */
    private static final List<String> MADE_NAMES =
            List.of("IoTDA discards this name", "unknown service '", "unknown property '", "two values have the name");

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

    /** The request that would carry this report alone; returns the services that it reports, if it reports any. */
    static Optional<JsonNode> ofReport(Report report, RouteProperties route) {
        boolean mayOmitTimes = mayOmitTimes(route);
        assertThat(report.device().value()).matches(DEVICE_ID);
        assertThat(report.sender().value()).matches(DEVICE_ID);
        byte[] body = RequestBody.of(List.of(report));
        assertThat(body.length).as("size of the request").isLessThanOrEqualTo(RequestBody.MAX_SIZE);
        JsonNode json = JSON.readTree(strictly(body));
        return switch (report) {
            case Report.Properties ignored -> {
                assertThat(names(json)).containsExactly("services");
                yield Optional.of(services(json.path("services"), mayOmitTimes));
            }
            case Report.ChildProperties child -> {
                assertThat(names(json)).containsExactly("devices");
                assertThat(json.path("devices").size()).isOne();
                JsonNode entry = json.path("devices").path(0);
                assertThat(names(entry)).containsExactly("device_id", "services");
                assertThat(entry.path("device_id").asString())
                        .isEqualTo(child.device().value());
                yield Optional.of(services(entry.path("services"), mayOmitTimes));
            }
            case Report.Message ignored -> {
                message(json);
                yield Optional.empty();
            }
        };
    }

    /** Together. */
    static void ofAll(List<Admissions.Made> made, int refused) {
        assertThat(made.size() + refused).as("parts of a record").isLessThanOrEqualTo(Admissions.MAX_REPORTS);
        assertThat(made.stream()
                        .mapToLong(each -> each.report().json().length())
                        .sum())
                .as("bytes of all reports")
                .isLessThanOrEqualTo(Admissions.MAX_REPORTS_SIZE.toBytes());
    }

    /**
     * Of a record that cannot succeed, or of a part of one.
     *
     * @param intact whether the record is as it was made: in a broken one, any text may have become a name
     */
    static void ofRejection(Rejection rejection, boolean intact) {
        if (rejection.reason() == RejectionReason.INTERNAL_ERROR) {
            throw new AssertionError(DEFECT + rejection.detail());
        }
        assertThat(rejection.reason())
                .as(rejection.detail())
                .isIn(
                        RejectionReason.UNMAPPABLE,
                        RejectionReason.TOO_LARGE,
                        RejectionReason.MODEL_VIOLATION,
                        RejectionReason.NOT_PERMITTED,
                        RejectionReason.UNDECODABLE);
        ofDetail(rejection.detail());
        if (intact && MADE_NAMES.stream().noneMatch(rejection.detail()::contains)) {
            assertThat(rejection.detail()).doesNotContain(Names.SECRET);
        }
    }

    static void ofDetail(String detail) {
        assertThat(detail).isNotBlank().hasSizeLessThan(LONGEST_DETAIL);
    }

    /** Of a device that the directory knows: its route may speak for it, or may not. */
    static boolean mayBeSpokenFor(DeviceId device, DirectoryEntry entry, DevicesProperties rules) {
        return (rules.prefix() == null || device.value().startsWith(rules.prefix()))
                && (rules.pattern() == null || device.value().matches(rules.pattern()))
                && (rules.group() == null || rules.group().equals(entry.group()));
    }

    /** The values of properties that a route names have the types that it says. */
    static void ofTypes(RouteProperties route, JsonNode entries) {
        for (JsonNode entry : entries) {
            for (ServiceProperties service : route.services()) {
                if (entry.path("service_id").asString().equals(service.id())) {
                    service.properties().forEach((name, rule) -> {
                        JsonNode value = entry.path("properties").path(name);
                        if (!name.equals("*") && !value.isMissingNode()) {
                            ofType(rule, value);
                        }
                    });
                }
            }
        }
    }

    private static void ofType(RuleProperties rule, JsonNode value) {
        if (rule.type() != null) {
            boolean right = switch (rule.type()) {
                case INT -> value.isIntegralNumber() && value.canConvertToInt();
                case LONG -> value.isIntegralNumber() && value.canConvertToLong();
                case DECIMAL -> value.isNumber();
                case STRING, DATE_TIME, ENUM -> value.isString();
                case BOOLEAN -> value.isBoolean();
                case JSON_OBJECT -> value.isObject();
                case STRING_LIST -> value.isArray() && value.valueStream().allMatch(JsonNode::isString);
            };
            assertThat(right).as("%s is %s", value, rule.type()).isTrue();
        }
        if (rule.otherwise() == null && rule.min() != null) {
            assertThat(value.decimalValue()).isGreaterThanOrEqualTo(rule.min());
        }
        if (rule.otherwise() == null && rule.max() != null) {
            assertThat(value.decimalValue()).isLessThanOrEqualTo(rule.max());
        }
    }

    /** Whether a reading may be reported without a time, so that the platform uses that of its arrival. */
    private static boolean mayOmitTimes(RouteProperties route) {
        return route.services().stream()
                .map(ServiceProperties::eventTime)
                .anyMatch(time ->
                        time != null && time.from() != null && time.from().contains("arrival"));
    }

    private static JsonNode services(JsonNode services, boolean mayOmitTimes) {
        assertThat(services.isArray()).isTrue();
        assertThat(services.isEmpty()).isFalse();
        for (JsonNode entry : services) {
            assertThat(entry.path("service_id").isString()).isTrue();
            assertThat(entry.path("service_id").asString()).matches(SERVICE);
            assertThat(entry.path("properties").isObject()).isTrue();
            entry.path("properties").forEachEntry((name, value) -> {
                assertThat(name).matches(PROPERTY);
                assertThat(value.isNull()).as("%s is null", name).isFalse();
            });
            if (!mayOmitTimes || entry.has("event_time")) {
                assertThat(entry.path("event_time").asString("none")).matches(EVENT_TIME);
            }
        }
        return services;
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
