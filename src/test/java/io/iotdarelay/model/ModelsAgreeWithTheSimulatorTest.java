package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.simulator.SimulatedProduct;
import io.iotdarelay.testing.Dice;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Random models and values: the relay lets pass what the simulated platform keeps, which was written without a look at it. */
class ModelsAgreeWithTheSimulatorTest {

    private static final int MODELS = 300;
    private static final int VALUES = 40;

    private static final List<String> BOUNDS =
            List.of("-2147483649", "-40.0", "-1", "0", "0.5", "1", "7", "85.0", "65535", "9007199254740993", "1E3");
    private static final List<String> TYPES =
            List.of("int", "long", "decimal", "string", "DateTime", "enum", "boolean", "jsonObject", "string list");

    private final RandomGenerator random = Dice.roll("models");

    @TempDir
    private Path directory;

    @Test
    void agree() {
        for (int i = 0; i < MODELS; i++) {
            String type = any(TYPES);
            BigDecimal min = bound();
            BigDecimal max = bound();
            int maxLength = random.nextInt(4);
            Product product = SmallModels.product(
                    directory, SmallModels.property("""
                    {"property_name":"p","data_type":"%s","min":%s,"max":%s,"max_length":%d,"enum_list":["a","b"]}""".formatted(type, text(min), text(max), maxLength)));
            boolean unset =
                    min != null && max != null && (min.compareTo(max) > 0 || (min.signum() == 0 && max.signum() == 0));
            SimulatedProduct.Property simulated = new SimulatedProduct.Property(
                    type, false, unset ? null : min, unset ? null : max, maxLength, List.of("a", "b"));
            for (int j = 0; j < VALUES; j++) {
                String value = value();
                JsonNode tree = StrictJson.reader().readTree(value);
                assertThat(
                                new SmallModels.Checker(product, Validation.REJECT)
                                                .check(SmallModels.services("S", "{\"p\":" + value + "}"))
                                        instanceof ModelCheck.Checked.Fits)
                        .as("%s in %s of %s to %s, length %s", value, type, min, max, maxLength)
                        .isEqualTo(simulated.takes(tree) && !isFractionOfZeros(type, tree));
            }
        }
    }

    /** What the platform makes of 21.0 for an int is not documented; the two differ on purpose. */
    private static boolean isFractionOfZeros(String type, JsonNode value) {
        return (type.equals("int") || type.equals("long"))
                && value.isBigDecimal()
                && value.decimalValue().scale() != 0;
    }

    private String value() {
        return switch (random.nextInt(12)) {
            case 0 -> "null";
            case 1 -> any(List.of("true", "false"));
            case 2 -> any(List.of("\"a\"", "\"b\"", "\"c\"", "\"\"", "\"abc\"", "\"abcd\"", "\"12\""));
            case 3 -> any(List.of("[]", "[\"a\"]", "[\"a\",1]", "[null]", "{}", "{\"x\":[1]}"));
            case 4 -> String.valueOf(random.nextLong());
            case 5 -> String.valueOf(random.nextInt());
            case 6 -> random.nextInt(-100, 100) + "." + random.nextInt(100);
            case 7 -> random.nextInt(-100, 100) + "E" + random.nextInt(-3, 25);
            case 8 -> any(List.of("2147483647", "2147483648", "-2147483648", "-2147483649"));
            case 9 -> any(List.of("9223372036854775807", "9223372036854775808", "-9223372036854775809"));
            case 10 -> any(BOUNDS);
            default -> String.valueOf(random.nextInt(-2, 3));
        };
    }

    private @Nullable BigDecimal bound() {
        return random.nextInt(3) == 0 ? null : new BigDecimal(any(BOUNDS));
    }

    private static String text(@Nullable BigDecimal bound) {
        return bound == null ? "null" : "\"" + bound + "\"";
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
