package io.iotdarelay.decode;

import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads a value as its content type says. A format is loaded when a value first has it. Any thread may use it. */
final class ContentTypeValue implements ValueReader {

    private final Function<Format, ValueReader> readers;
    private final boolean knowsCsv;

    /**
     * Reads values.
     *
     * @param readers the reader of a format
     * @param knowsCsv whether the route says how CSV is written
     */
    ContentTypeValue(Function<Format, ValueReader> readers, boolean knowsCsv) {
        this.readers = readers;
        this.knowsCsv = knowsCsv;
    }

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        return readers.apply(format(headers)).read(value, headers);
    }

    private Format format(Headers headers) throws FormatException {
        Optional<String> type = headers.mediaType();
        if (type.isEmpty() || type.get().isEmpty()) {
            return Format.JSON;
        }
        Format format = ofType(type.get());
        if (format == Format.CSV && !knowsCsv) {
            throw new FormatException("the header content-type says CSV, and the route has no csv.columns");
        }
        return format;
    }

    private static Format ofType(String type) throws FormatException {
        return switch (type) {
            case "application/json", "text/json" -> Format.JSON;
            case "application/x-ndjson",
                    "application/ndjson",
                    "application/jsonl",
                    "application/jsonlines",
                    "application/x-jsonlines",
                    "application/json-seq" -> Format.JSON_LINES;
            case "application/cbor" -> Format.CBOR;
            case "application/msgpack", "application/x-msgpack", "application/vnd.msgpack" -> Format.MESSAGEPACK;
            case "application/x-jackson-smile" -> Format.SMILE;
            case "application/senml+json", "application/sensml+json" -> Format.SENML;
            case "application/senml+cbor", "application/sensml+cbor" -> Format.SENML_CBOR;
            case "text/csv" -> Format.CSV;
            case "text/plain" -> Format.TEXT;
            case "application/octet-stream" -> Format.BYTES;
            default -> {
                if (type.endsWith("+json")) {
                    yield Format.JSON;
                }
                if (type.endsWith("+cbor")) {
                    yield Format.CBOR;
                }
                throw new FormatException("the header content-type names an unknown format");
            }
        };
    }
}
