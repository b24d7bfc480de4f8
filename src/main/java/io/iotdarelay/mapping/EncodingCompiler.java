package io.iotdarelay.mapping;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.mapping.RouteProperties.CsvProperties;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Compiles what a route says about the form of its records' values. */
final class EncodingCompiler {

    private static final DataSize LEAST = DataSize.ofKilobytes(1);
    private static final DataSize MOST = DataSize.ofMegabytes(64);

    private final RuleCompiler.Check check;

    EncodingCompiler(RuleCompiler.Check check) {
        this.check = check;
    }

    Encoding compile(String path, RouteProperties route) {
        DataSize maxSize = route.maxValueSize();
        boolean within = maxSize.compareTo(LEAST) >= 0 && maxSize.compareTo(MOST) <= 0;
        check.require(within, path + ".max-value-size", "must be 1KB to 64MB");
        check.require(
                !route.format().needsSchema() || compression(route) == Compression.NONE,
                path + ".compression",
                "is not allowed for 'format: avro', 'protobuf' and 'json-schema': they are not compressed");
        return new Encoding(
                route.format(),
                compression(route),
                within ? (int) maxSize.toBytes() : Encoding.DEFAULT_MAX_SIZE,
                csv(path + ".csv", route.format(), route.csv()));
    }

    private static Compression compression(RouteProperties route) {
        if (route.compression() != null) {
            return route.compression();
        }
        return route.format() == Format.AUTO ? Compression.AUTO : Compression.NONE;
    }

    private Encoding.@Nullable Csv csv(String path, Format format, @Nullable CsvProperties csv) {
        if (csv == null) {
            check.require(
                    format != Format.CSV, path + ".columns", "the names of the columns are required for 'format: csv'");
            return null;
        }
        check.require(
                format == Format.CSV || format == Format.AUTO,
                path,
                "is allowed for 'format: csv' and 'format: auto' only");
        columns(path + ".columns", csv.columns());
        check.require(csv.separator().length() == 1, path + ".separator", "one character is required");
        check.require(csv.quote().length() <= 1, path + ".quote", "one character or none is required");
        check.require(!csv.separator().equals(csv.quote()), path + ".quote", "must not be the separator");
        return new Encoding.Csv(
                csv.columns(),
                csv.separator().isEmpty() ? ',' : csv.separator().charAt(0),
                csv.quote().isEmpty() ? null : csv.quote().charAt(0));
    }

    private void columns(String path, List<String> columns) {
        check.require(!columns.isEmpty(), path, "the names of the columns are required");
        for (int i = 0; i < columns.size(); i++) {
            check.require(!columns.get(i).isEmpty(), path + "[" + i + "]", "a name is required");
        }
        check.require(new HashSet<>(columns).size() == columns.size(), path, "two columns have the same name");
    }
}
