package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelOutlineTest {

    @TempDir
    private Path folder;

    private ModelOutline.Reading read(String json) throws IOException {
        return ModelOutline.read(Files.writeString(folder.resolve("model.json"), json));
    }

    @Test
    void saysWhatAModelDeclares() throws IOException {
        ModelOutline.Reading.Read read = (ModelOutline.Reading.Read) read("""
                {"product_id":"p1","service_capabilities":[{"service_id":"B","properties":[]},
                 {"service_id":"A","properties":[{"property_name":"y","data_type":"int","required":true},
                  {"property_name":"x","data_type":"decimal","min":"1","max":"2"}]}]}""");

        assertThat(read.model().product()).contains("p1");
        assertThat(read.model().services()).extracting(ModelOutline.Service::id).containsExactly("A", "B");
        assertThat(read.model().services().getFirst().properties())
                .containsExactly(
                        new ModelOutline.Property("x", DataType.DECIMAL, false, "x decimal 1 to 2"),
                        new ModelOutline.Property("y", DataType.INT, true, "y int"));
    }

    @Test
    void theProductMayBeUnnamed() throws IOException {
        assertThat(((ModelOutline.Reading.Read) read("{\"services\":[]}"))
                        .model()
                        .product())
                .isEmpty();
        assertThat(((ModelOutline.Reading.Read) read("{\"product_id\":\"ü\",\"services\":[]}"))
                        .model()
                        .product())
                .isEmpty();
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThat(read("[]")).isInstanceOf(ModelOutline.Reading.Wrong.class);
        assertThat(ModelOutline.read(folder.resolve("nothing"))).isInstanceOf(ModelOutline.Reading.Wrong.class);
    }
}
