package io.iotdarelay.decode;

/** A decoder for each encoding. Any thread may ask. */
public interface RecordDecoders {

    /** The same decoder for equal encodings. */
    RecordDecoder of(Encoding encoding);

    /** Those that need nothing but the record. */
    static RecordDecoders standard() {
        return new StandardDecoders();
    }
}
