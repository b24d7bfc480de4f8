package io.iotdarelay.decode;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Compares texts with the bytes that they were read from: the parser makes some text of any bytes. One that refers to an earlier one
 * has been compared where that was read.
 *
 * @param value all bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SmileTexts(byte[] value) implements TokenTree.Texts {

    private static final int FIRST_SHARED_NAME = 0x40;
    private static final int FIRST_SHORT_NAME = 0x80;
    private static final int LONG_NAME = 0x34;
    private static final int FIRST_SHORT_TEXT = 0x40;
    private static final int LONG_ASCII_TEXT = 0xe0;
    private static final int LONG_TEXT = 0xe4;

    @Override
    public void check(JsonParser parser, String text) throws FormatException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        int end = (int) parser.currentLocation().getByteOffset();
        int type = Byte.toUnsignedInt(value[start]);
        boolean isName = parser.currentToken() == JsonToken.PROPERTY_NAME;
        if (isName ? isReference(type) : type < FIRST_SHORT_TEXT || type > LONG_TEXT) {
            return;
        }
        boolean hasEndMark = isName ? type == LONG_NAME : type == LONG_ASCII_TEXT || type == LONG_TEXT;
        int length = end - start - 1 - (hasEndMark ? 1 : 0);
        if (!text.equals(Utf8.strict(value, start + 1, length))) {
            throw new FormatException("a string is not valid UTF-8");
        }
    }

    private static boolean isReference(int type) {
        return type < LONG_NAME || (type >= FIRST_SHARED_NAME && type < FIRST_SHORT_NAME);
    }
}
