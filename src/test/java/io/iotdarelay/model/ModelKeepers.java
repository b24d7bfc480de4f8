package io.iotdarelay.model;

/** Keepers for tests of other rooms. */
public final class ModelKeepers {

    private ModelKeepers() {}

    /** One without models. */
    public static ModelKeeper none() {
        return new ModelKeeper(LoadedModels.NONE, java.time.Instant::now);
    }
}
