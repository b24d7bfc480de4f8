package io.iotdarelay.model;

import io.iotdarelay.telemetry.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keepers for tests of other rooms. */
public final class ModelKeepers {

    private ModelKeepers() {}

    /** One without models. */
    public static ModelKeeper none() {
        return new ModelKeeper(LoadedModels.NONE, Instant::now);
    }

    /** One of products on the platform, about which nothing is known yet. */
    public static ModelKeeper ofPlatform(InstantSource time, String... products) {
        Map<String, ModelsProperties.ProductProperties> all = new LinkedHashMap<>();
        for (String product : products) {
            all.put(product, new ModelsProperties.ProductProperties(null, true));
        }
        ModelCompiler.Compilation compilation =
                ModelCompiler.compile(ModelsProperties.of(Validation.REJECT, all, List.of()), List.of());
        return new ModelKeeper(((ModelCompiler.Compilation.Compiled) compilation).models(), time);
    }

    /** The platform answers: service {@code S} has property {@code p}, a whole number from 0. */
    public static void answer(ModelKeeper keeper, String product, int most) {
        String property = "{\"property_name\":\"p\",\"data_type\":\"int\",\"min\":\"0\",\"max\":\"" + most + "\"}";
        keeper.fetched(product, new Json(SmallModels.property(property).getBytes(StandardCharsets.UTF_8)));
        keeper.settle();
    }
}
