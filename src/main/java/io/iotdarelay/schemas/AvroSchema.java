package io.iotdarelay.schemas;

import io.iotdarelay.decode.Decoding;
import java.io.EOFException;
import java.io.IOException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import tools.jackson.databind.JsonNode;

/** Values of one Avro schema, read by the schema that they were written with. */
record AvroSchema(AvroReader root) implements CompiledSchema {

    static Compilation compile(SchemaText schema) {
        try {
            return new Compilation.Compiled(new AvroSchema(new AvroCompiler().compile(parse(schema))));
        } catch (ArithmeticException e) {
            return new Compilation.Unusable("a decimal has more than " + AvroCompiler.MAX_SCALE + " digits");
        } catch (NullPointerException e) { // the parser's way to say so
            return new Compilation.Unusable(
                    "it is not valid Avro: it names a type that neither it nor what it refers to defines");
        } catch (RuntimeException e) { // whatever the parser makes of a text
            return new Compilation.Unusable("it is not valid Avro: " + OneLine.of(e));
        }
    }

    private static Schema parse(SchemaText schema) {
        // Registries differ in the names that they admit; a schema that is in one is what its values have.
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        for (SchemaText.Reference reference : schema.references()) {
            Schema unused = parser.parse(reference.text());
        }
        return parser.parse(schema.text());
    }

    @Override
    public SchemaType type() {
        return SchemaType.AVRO;
    }

    @Override
    public Decoding decode(Framing.Framed value) {
        AvroInput in = new AvroInput(value.bytes(), value.start());
        try {
            JsonNode tree = root.read(in);
            return in.left() == 0
                    ? new Decoding.Decoded(tree)
                    : undecodable(value, in.left() + " bytes are left after it; was it written with another schema?");
        } catch (EOFException e) {
            return undecodable(value, "it ends too early");
        } catch (IOException e) {
            return undecodable(value, e.getMessage() + ", before byte " + in.position());
        }
    }

    private static Decoding undecodable(Framing.Framed value, String why) {
        return new Decoding.Undecodable("the value does not match Avro " + value.schema() + ": " + why);
    }
}
