package io.iotdarelay.decode;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvFactory;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/** CSV lines, RFC 4180: an array of objects, even of one. All members are texts. */
final class CsvValue implements ValueReader {

    private static final CsvMapper MAPPER = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(TokenTree.CONSTRAINTS)
                    .build())
            .enable(CsvReadFeature.WRAP_AS_ARRAY, CsvReadFeature.SKIP_EMPTY_LINES)
            .build();

    private final Encoding.Csv csv;
    private final ObjectReader reader;

    CsvValue(Encoding.Csv csv) {
        this.csv = csv;
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(csv.separator());
        Character quote = csv.quote();
        this.reader = MAPPER.readerFor(String[].class)
                .with(quote == null ? schema.withoutQuoteChar() : schema.withQuoteChar(quote));
    }

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        ArrayNode lines = JsonNodeFactory.instance.arrayNode();
        TreeBudget budget = new TreeBudget(value.length);
        try (MappingIterator<String[]> rows = reader.readValues(withoutMark(Utf8.text(value)))) {
            while (rows.hasNextValue()) {
                lines.add(line(lines.size() + 1, rows.nextValue(), budget));
            }
        } catch (JacksonException e) {
            throw FormatException.of(e);
        }
        if (lines.isEmpty()) {
            throw FormatException.empty();
        }
        return lines;
    }

    /** Spreadsheets write a byte order mark. */
    private static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private ObjectNode line(int number, String[] fields, TreeBudget budget) throws FormatException {
        if (fields.length != csv.columns().size()) {
            throw new FormatException("line " + number + " has " + fields.length + " columns, expected "
                    + csv.columns().size());
        }
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < fields.length; i++) {
            budget.node();
            line.put(csv.columns().get(i), fields[i]);
        }
        return line;
    }
}
