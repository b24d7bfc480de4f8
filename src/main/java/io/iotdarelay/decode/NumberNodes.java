package io.iotdarelay.decode;

import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NumericNode;

/** Numbers as nodes, of formats other than JSON bounded as those of JSON are. */
public final class NumberNodes {

    /** About 1000 decimal digits. */
    private static final int MAX_BITS = 3400;

    /** A double reaches to 1E+308. */
    private static final int MAX_EXPONENT = 400;

    private static final BigInteger TWO_TO_THE_64TH = BigInteger.TWO.pow(Long.SIZE);

    private NumberNodes() {}

    static JsonNode of(long number) {
        return (int) number == number
                ? JsonNodeFactory.instance.numberNode((int) number)
                : JsonNodeFactory.instance.numberNode(number);
    }

    /** Of 64 bits without a sign. */
    static JsonNode ofUnsigned(long number) throws FormatException {
        return number >= 0 ? of(number) : of(BigInteger.valueOf(number).add(TWO_TO_THE_64TH));
    }

    static JsonNode of(BigInteger number) throws FormatException {
        if (number.bitLength() > MAX_BITS) {
            throw FormatException.outOfRange();
        }
        return JsonNodeFactory.instance.numberNode(number);
    }

    static JsonNode of(BigDecimal number) throws FormatException {
        return JsonNodeFactory.instance.numberNode(ofBoundedLength(number));
    }

    /** The shortest decimal that stands for it. JSON has no NaN and no infinity: they become texts. */
    public static JsonNode of(double number) {
        return Double.isFinite(number)
                ? JsonNodeFactory.instance.numberNode(BigDecimal.valueOf(number))
                : JsonNodeFactory.instance.stringNode(Double.toString(number));
    }

    /** The same: 21.1 in 32 bits is 21.1, not 21.100000381. */
    public static JsonNode of(float number) {
        return Float.isFinite(number)
                ? JsonNodeFactory.instance.numberNode(new BigDecimal(Float.toString(number)))
                : JsonNodeFactory.instance.stringNode(Float.toString(number));
    }

    /** Whether a node is a number that has a value, or no number at all: NaN and the infinities have none. */
    public static boolean isFinite(JsonNode node) {
        return !(node instanceof NumericNode number && number.isNaN());
    }

    /** Whether a number can be computed with: 1E+999999999 plus one would be a billion digits. */
    public static boolean isBounded(BigDecimal number) {
        return Math.abs((long) number.precision() - number.scale()) <= MAX_EXPONENT
                && Math.abs((long) number.scale()) <= MAX_EXPONENT;
    }

    /** A number that can be computed with. */
    static BigDecimal bounded(BigDecimal number) throws FormatException {
        if (!isBounded(ofBoundedLength(number))) {
            throw FormatException.outOfRange();
        }
        return number;
    }

    /** Bits are known at once; digits have to be computed. */
    private static BigDecimal ofBoundedLength(BigDecimal number) throws FormatException {
        if (number.unscaledValue().bitLength() > MAX_BITS) {
            throw FormatException.outOfRange();
        }
        return number;
    }
}
