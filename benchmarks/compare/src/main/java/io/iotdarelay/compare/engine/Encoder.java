package io.iotdarelay.compare.engine;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns a record into a request as the relay does: parses it, takes some of its values, and writes the platform's JSON. */
final class Encoder {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final BigDecimal SCALE = new BigDecimal("0.1");
    private static final DateTimeFormatter EVENT_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final int SIZE = 512;

    private final String to;

    /** A request to be: whose, and what. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
    record Post(String sender, byte[] body) {}

    Encoder(String to) {
        this.to = to;
    }

    Post encode(byte[] value, String topic, int partition, long offset) {
        JsonNode record = JSON.readTree(value);
        String device = record.path("device_id").asString();
        ByteArrayOutputStream out = new ByteArrayOutputStream(SIZE);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            switch (to) {
                case "message" -> {
                    json.writeStringProperty("id", topic + "-" + partition + "-" + offset);
                    json.writeName("content");
                    json.writeTree(record);
                }
                case "properties" -> services(json, record);
                default -> {
                    json.writeArrayPropertyStart("devices");
                    json.writeStartObject();
                    json.writeStringProperty("device_id", device);
                    services(json, record);
                    json.writeEndObject();
                    json.writeEndArray();
                }
            }
            json.writeEndObject();
        }
        return new Post(to.equals("gateway") ? record.path("gateway").asString() : device, out.toByteArray());
    }

    private static void services(JsonGenerator json, JsonNode record) {
        JsonNode payload = record.path("payload");
        json.writeArrayPropertyStart("services");
        json.writeStartObject();
        json.writeStringProperty("service_id", "Meter");
        json.writeObjectPropertyStart("properties");
        json.writeNumberProperty("temperature", payload.path("temp").doubleValue());
        json.writeNumberProperty("voltage", payload.path("dv").decimalValue().multiply(SCALE));
        json.writeStringProperty("state", payload.path("state").asString());
        json.writeNumberProperty("seq", record.path("seq").longValue());
        json.writeNumberProperty("stamp", record.path("stamp").longValue());
        json.writeEndObject();
        json.writeStringProperty(
                "event_time",
                EVENT_TIME.format(Instant.ofEpochMilli(record.path("ts").longValue())));
        json.writeEndObject();
        json.writeEndArray();
    }
}
