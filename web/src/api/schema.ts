// Generated from the OpenAPI document of the studio by `python tools/web.py types`; not edited by hand.

export interface paths {
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description The version of the studio, and what it has that this person may use.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Bundles
         * @description All trained models.
         */
        get: operations["listBundles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Bundle
         * @description A trained model in full: how it was trained, and the credits of its training pictures.
         */
        get: operations["getBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/preview.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview
         * @description A grid of pictures that the model made.
         */
        get: operations["getPreview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Whether the studio can answer, for a proxy that chooses among several; 503 if not.
         *
         *     A studio whose ``/v1/health`` answers runs; it is ready when what it depends on, such as a database, answers.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Metrics
         * @description Metrics in Prometheus' form. Addresses that the operator named may read them without a token.
         */
        get: operations["readMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/portrait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Parts
         * @description The options of a portrait. The model is loaded meanwhile, so that the first drawing need not wait.
         */
        get: operations["readPortraitParts"];
        put?: never;
        /**
         * Paint Portrait
         * @description Paint a portrait from a drawing. Neither is kept.
         */
        post: operations["paintPortrait"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/sketch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sketch Photo
         * @description A drawing made from a photo, to continue drawing on, in the style that the model was trained on.
         */
        post: operations["sketchPhoto"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drawings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Share Drawing
         * @description Keep a drawing for everybody who has its link: its strokes and settings, without the portrait.
         */
        post: operations["shareDrawing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drawings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Shared
         * @description A drawing that was shared.
         */
        get: operations["readSharedDrawing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/image.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Image
         * @description One picture at a permanent address.
         */
        get: operations["getImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate
         * @description Pictures of up to 64 seeds.
         */
        post: operations["generate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/abilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Abilities
         * @description What this model supports with the software and the files on this machine.
         */
        get: operations["readAbilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/interpolate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Interpolate
         * @description The pictures of a walk from each point to the next.
         */
        post: operations["interpolate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/film": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Film
         * @description The film of a walk from each point to the next.
         */
        post: operations["film"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/mix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mix Styles
         * @description The pictures of the rows with layers of the columns (style mixing).
         */
        post: operations["mix"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/directions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Directions
         * @description Directions in latent space that were found in the model's weights (SeFa).
         */
        get: operations["listDirections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Edit
         * @description Pictures moved along directions.
         */
        post: operations["edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/project": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Projection
         * @description Find the latent of a photograph, in the background. The photograph is not kept.
         */
        post: operations["project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Projection
         * @description The progress of a projection with its picture, and the latent once it is finished.
         */
        get: operations["getProjection"];
        put?: never;
        post?: never;
        /**
         * Stop Projection
         * @description Stop and forget a projection. It is no error if it has ended or never existed.
         */
        delete: operations["stopProjection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/neighbours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Neighbours
         * @description The training pictures nearest to samples of a run, and whether any was memorised.
         *
         *     It needs the training pictures of the run, where the run found them.
         */
        get: operations["listNeighbours"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/translate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Translate
         * @description Translate a picture. It is not kept.
         */
        post: operations["translate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/heatmap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Heatmap
         * @description The attention map of a translation, from a model that has one (U-GAT-IT). The picture is not kept.
         */
        post: operations["heatmap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/prepare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prepare
         * @description Crop a picture as the model takes it: a page shows it beside the answer and sends it again as ``prepared``.
         *
         *     A model that enlarges takes whole pictures; for it the picture is enlarged to the size of the answer by bicubic
         *     interpolation. The picture is not kept.
         */
        post: operations["prepare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/reference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Carry Over
         * @description Translate a picture to a domain, in the style of a reference or of a seed. The pictures are not kept.
         */
        post: operations["carryOver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/makeup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make Up
         * @description Transfer make-up: the colours of lips, lids, brows and skin change, nothing else. The pictures are not kept.
         */
        post: operations["makeUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/makeup/prepare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prepare Make Up
         * @description A picture in the size in which make-up is transferred, once a face was found in it. It is not kept.
         */
        post: operations["prepareMakeUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Card Kit
         * @description What a page needs to lay a card out.
         */
        get: operations["readCardKit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/card/fonts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Card Font
         * @description A font of the texts, under the SIL Open Font License.
         */
        get: operations["readCardFont"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/card/cartoon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Draw Cartoon
         * @description Draw the only face of a photograph, cut out upright and laid back. The photograph is not kept.
         */
        post: operations["drawCartoon"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/card/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check Card
         * @description What would go wrong in print, or at a bank, in sentences. The picture is not kept.
         */
        post: operations["checkCard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/card/print": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Print Card
         * @description The card as a PDF for a print shop. The picture is not kept.
         */
        post: operations["printCard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/card/bank": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Card For Bank
         * @description The front of the card as a JPEG for the upload to a bank. The picture is not kept.
         */
        post: operations["cardForBank"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/music": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Music Format
         * @description The tracks, the time grid and the range of the music that this model makes.
         */
        get: operations["readMusicFormat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/compose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compose Piece
         * @description A piece of one phrase from a seed, or of several whose latent moves from seed to seed.
         */
        post: operations["compose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/accompany": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accompany
         * @description The given track with the other tracks of the model. The file is not kept.
         */
        post: operations["accompany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/sheets/{nimg}/music": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Sheet Music
         * @description The phrases of the sample sheet of a number of images, to be played.
         */
        get: operations["readSheetMusic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Galleries
         * @description The galleries that a face can be compared with; damaged ones are left out.
         */
        get: operations["listGalleries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{id}/people/{person}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Gallery Picture
         * @description The picture of a person of a gallery.
         */
        get: operations["getGalleryPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{id}/lookalike": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find Lookalikes
         * @description Whom a face resembles, and why. The picture and what is measured in it are not kept.
         *
         *     Strangers are compared and nobody is identified: people who may be the person shown are left out and not named.
         */
        post: operations["findLookalikes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/montage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Breed Montage
         * @description Eighteen faces: new ones, or those that were picked and their children.
         */
        post: operations["breedMontage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/montage/part": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change Part
         * @description The same face with other eyes, another nose, mouth, or face and hair, of real sketches of the model's bank.
         */
        post: operations["changeMontagePart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/montage/morph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Morph Faces
         * @description Faces from one to another, both included; the middle is the mean of both.
         */
        post: operations["morphMontage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bundles/{id}/montage/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Export Face
         * @description A face as a PNG that says that a model drew it, which one, from what, and the code of the face.
         */
        post: operations["exportMontage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Studies
         * @description The studies that are open for ratings; owners see the others as well. Damaged ones are left out.
         */
        get: operations["listStudies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/raters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join Study
         * @description Take part in a study. No name is asked for and no address kept.
         */
        post: operations["joinStudy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/question": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read Question
         * @description The next question of a rater.
         */
        post: operations["readQuestion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/ratings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Rating
         * @description Answer a question; returns the next. The same answer may be sent again, and is kept once.
         */
        post: operations["sendRating"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw From Study
         * @description Delete a rater with all answers.
         */
        post: operations["withdrawFromStudy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/pictures/{picture}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Study Picture
         * @description A picture of a study, as it was copied.
         */
        get: operations["getStudyPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/clips/{clip}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Study Clip
         * @description A clip of a study of music, to be played.
         */
        get: operations["getStudyClip"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/opening": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open Study
         * @description Let raters in.
         */
        post: operations["openStudy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/closing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close Study
         * @description End the rating, for good.
         */
        post: operations["closeStudy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Results
         * @description The results of a closed study.
         */
        get: operations["getResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/studies/{id}/report.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Study Report
         * @description The report of a closed study, in Markdown.
         */
        get: operations["getStudyReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Trainings
         * @description The trainings that the studio started, and the runs that can be restored.
         */
        get: operations["listTrainings"];
        put?: never;
        /**
         * Create Training
         * @description Put a training into the queue; it starts when no other one runs.
         */
        post: operations["createTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sample-training": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Sample Training
         * @description Put a short training on sample avatars into the queue; the avatars are drawn first, in the background.
         *
         *     One that waits or runs is given instead of another.
         */
        post: operations["createSampleTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause Training
         * @description Stop a training after its present step, to be resumed later; what it has learned is saved.
         */
        post: operations["pauseTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop Training
         * @description Stop a training after its present step; what it has learned is saved.
         */
        post: operations["stopTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Training
         * @description Put a training that was paused or stopped, or that failed, back into the queue; it goes on where it was.
         */
        post: operations["resumeTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings/{id}/prolong": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prolong Training
         * @description Give a training that does not run another, greater length, and put it back into the queue.
         */
        post: operations["prolongTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings/{id}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rename Run
         * @description Give a run that is not being trained another name; it need not be one that the studio started.
         */
        post: operations["renameRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/trainings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Run
         * @description Delete a run that is not being trained; for a week it can be restored.
         */
        delete: operations["deleteRun"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deleted-runs/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Run
         * @description Restore a run that was deleted; one that waited in the queue is stopped.
         */
        post: operations["restoreRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Picture Sets
         * @description The pictures that can be trained on.
         */
        get: operations["listPictureSets"];
        put?: never;
        /**
         * Create Picture Set
         * @description A new folder for an upload; its name gets digits where it is taken.
         */
        post: operations["createPictureSet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Picture Set
         * @description Pictures that can be trained on: the first of them, and what was not kept of an upload.
         */
        get: operations["getPictureSet"];
        put?: never;
        post?: never;
        /**
         * Delete Picture Set
         * @description Delete an upload for good, unless a training needs it.
         */
        delete: operations["deletePictureSet"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/expected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Expect Pictures
         * @description Say how many files an upload has before it begins, and when it has ended, so that an interruption is noticed.
         */
        put: operations["expectPictures"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Picture Paths
         * @description The files that a set has: those which an upload that goes on need not send again.
         */
        get: operations["listPicturePaths"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Thumbnail
         * @description A smaller copy of a picture, upright and without its metadata.
         */
        get: operations["getSetThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add Picture
         * @description Add a picture or a music file to an upload.
         *
         *     It is decoded first; one that cannot be used is counted with the reason.
         */
        post: operations["addPicture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add Zip Part
         * @description Add a part of a zip to an upload; an upload that was interrupted goes on at ``size``.
         */
        post: operations["addZipPart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/unpack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unpack Zip
         * @description Unpack the zip of an upload in the background.
         */
        post: operations["unpackZip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/picture-sets/{id}/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest Recipes
         * @description What the pictures are, and what can be learned from them, best first.
         */
        get: operations["suggestRecipes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recipes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Recipes
         * @description The shipped recipes.
         */
        get: operations["listRecipes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recipes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Recipe
         * @description A recipe with every setting: type, range, value and description.
         */
        get: operations["getRecipe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Runs
         * @description All training runs, past and in progress.
         */
        get: operations["listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Run
         * @description A training run: its recipe, diagnostics, sample sheets and measurements.
         */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Stats
         * @description The lines of ``stats.jsonl`` after a number of images; continue with ``next``.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/sheets/{nimg}.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Sheet
         * @description The sample sheet of a number of images.
         */
        get: operations["getSheet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events
         * @description The changes of a run as server-sent events.
         *
         *     The events are ``stats``, ``status``, ``sheet``, ``metric``, and ``rewind`` when the run went back to a checkpoint
         *     (all stats follow again).
         */
        get: operations["followRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Review
         * @description The catalogue under review: its rounds, its counts, and the reasons to drop a picture.
         */
        get: operations["getReview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open Round
         * @description Open the next round; the one before is closed.
         */
        post: operations["openRound"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/{round}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Round
         * @description A round: the progress of every reviewer, and the changes of verdicts so far.
         */
        get: operations["getRound"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/{round}/agreement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Agreement
         * @description The agreement of a round's reviewers: Cohen's κ for two, Fleiss' κ for more.
         */
        get: operations["getAgreement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/{round}/reviewers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join Round
         * @description Add a reviewer to a round; the pictures that nobody has judged are distributed anew. Joining again is safe.
         */
        post: operations["joinRound"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/{round}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Queue
         * @description The next pictures of a reviewer of the round, lowest score first.
         */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/{round}/verdicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Verdicts
         * @description Save verdicts (keep, drop or skip). Sending them again is safe, and a refused one does not stop the others.
         */
        post: operations["sendVerdicts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review/{round}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo Verdict
         * @description Take back the reviewer's last verdict that has not been taken back.
         */
        post: operations["undoVerdict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pictures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Picture
         * @description A picture: its origins, the results of its checks, its duplicates and its verdict.
         */
        get: operations["getPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pictures/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Thumbnail
         * @description A smaller copy of a picture, upright and without its metadata.
         */
        get: operations["getThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Session
         * @description What the person who sends this may do.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign In
         * @description Sign in with a token: a cookie keeps the session for 30 days, or until the token is withdrawn.
         */
        post: operations["signIn"];
        /**
         * Sign Out
         * @description Sign out in this browser.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Abilities
         * @description What a model supports on this machine besides pictures from seeds.
         */
        Abilities: {
            /**
             * Layers
             * @description Number of layers of its latents; with one layer there is nothing to mix.
             */
            layers: number;
            /**
             * Direction Layers
             * @description Number of layers that have directions; 0: none.
             */
            direction_layers: number;
            /**
             * Films
             * @description Formats in which films can be written, the best first.
             */
            films: ("mp4" | "gif")[];
            /**
             * Neighbours
             * @description The model belongs to a run whose training pictures are still there.
             */
            neighbours: boolean;
        };
        /**
         * Anchor
         * @description A place on the paper, in shares of its side from the upper left corner.
         */
        Anchor: {
            /** X */
            x: number;
            /** Y */
            y: number;
        };
        /**
         * AngleReason
         * @description An angle that speaks for or against a resemblance.
         */
        AngleReason: {
            /**
             * Angle
             * @description Key of the angle.
             */
            angle: string;
            /**
             * Own
             * @description Degrees in the picture that was sent.
             */
            own: number;
            /**
             * Other
             * @description Degrees in the person of the gallery.
             */
            other: number;
            /**
             * Usual
             * @description The median of the population, degrees.
             */
            usual: number;
            /**
             * Own Line
             * @description Its three points in the face that was sent; the angle is at the middle one.
             */
            own_line: [
                number,
                number
            ][];
            /**
             * Other Line
             * @description Its three points in the person of the gallery.
             */
            other_line: [
                number,
                number
            ][];
        };
        /**
         * BankProfile
         * @description What a bank takes as an upload.
         */
        BankProfile: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /**
             * About
             * @default
             */
            about: string;
            /**
             * Width
             * @description least pixels across, of a card in landscape
             */
            width: number;
            /**
             * Height
             * @description least pixels down
             */
            height: number;
            /**
             * Megabytes
             * @description largest file
             */
            megabytes: number;
            /**
             * Dark Ground
             * @description a white or light ground is refused
             * @default false
             */
            dark_ground: boolean;
        };
        /** Body_accompany */
        Body_accompany: {
            /**
             * Music
             * @description A MIDI file or a MusicXML score with the track to accompany.
             */
            music: Blob;
            /**
             * Seed
             * @description The same seed gives the same piece.
             * @default 0
             */
            seed: number;
            /**
             * Threshold
             * @description A note sounds where its probability is above this.
             * @default 0.5
             */
            threshold: number;
        };
        /** Body_addPicture */
        Body_addPicture: {
            /**
             * Image
             * @description The picture, MIDI file or score.
             */
            image: Blob;
            /**
             * Path
             * @description Its path, such as cats/1.jpg; a folder may be a class.
             */
            path: string;
        };
        /** Body_addZipPart */
        Body_addZipPart: {
            /**
             * Part
             * @description A part of the zip.
             */
            part: Blob;
            /**
             * Offset
             * @description Where in the zip the part begins.
             */
            offset: number;
        };
        /** Body_cardForBank */
        Body_cardForBank: {
            /**
             * Picture
             * @description The picture on the front, such as a cartoon.
             */
            picture: Blob;
            /**
             * Design
             * @description The design as JSON: see ganvas.apps.card.design.
             */
            design: string;
            /**
             * Profile
             * @description Name of a print shop or of a bank.
             * @default default
             */
            profile: string;
            /**
             * Bundle
             * @description Id of the model that drew the picture; left out: none did, and there is no mark.
             */
            bundle?: string | null;
        };
        /** Body_carryOver */
        Body_carryOver: {
            /**
             * Image
             * @description Any picture.
             */
            image: Blob;
            /**
             * Reference
             * @description The picture whose style to use; left out: the style of the seed.
             */
            reference?: Blob | null;
            /**
             * Class
             * @description Number of the domain to translate to; left out, without a reference: the one that the seed decides.
             */
            class?: number | null;
            /**
             * Seed
             * @description Seed of the style; the same seed gives the same style.
             * @default 0
             */
            seed: number;
            /**
             * Share
             * @description Share of the style that comes from the seed; left out: 0 with a reference.
             */
            share?: number | null;
            /**
             * Keep
             * @description For faces: change lips, eyelids and skin only, and keep everything else.
             * @default false
             */
            keep: boolean;
            /**
             * Strength
             * @description With keep: how much of the change to apply.
             * @default 1
             */
            strength: number;
            /**
             * Prepared
             * @description True: both pictures are cropped as the model takes them.
             * @default false
             */
            prepared: boolean;
        };
        /** Body_checkCard */
        Body_checkCard: {
            /**
             * Picture
             * @description The picture on the front, such as a cartoon.
             */
            picture: Blob;
            /**
             * Design
             * @description The design as JSON: see ganvas.apps.card.design.
             */
            design: string;
            /**
             * Purpose
             * @description What the card is for.
             * @default print
             * @enum {string}
             */
            purpose: "print" | "bank";
            /**
             * Profile
             * @description Name of a print shop or of a bank.
             * @default default
             */
            profile: string;
            /**
             * Icc
             * @description ICC profile of the print shop; left out: the file is in sRGB.
             */
            icc?: Blob | null;
        };
        /** Body_drawCartoon */
        Body_drawCartoon: {
            /**
             * Image
             * @description A photograph of one person.
             */
            image: Blob;
            /**
             * Bundle
             * @description Id of the model that draws.
             */
            bundle: string;
            /**
             * Direction
             * @description Models trained without pairs: from which domain to which one.
             * @default a_to_b
             * @enum {string}
             */
            direction: "a_to_b" | "b_to_a";
            /**
             * Class
             * @description Models with several domains: to which one.
             */
            class?: number | null;
            /**
             * Seed
             * @description Seed of the style, of models that take one.
             * @default 0
             */
            seed: number;
            /**
             * Scope
             * @description The head alone, or the whole photograph.
             * @default head
             * @enum {string}
             */
            scope: "head" | "photograph";
            /**
             * Background
             * @description remove: all but the person becomes transparent.
             * @default remove
             * @enum {string}
             */
            background: "keep" | "remove";
            /**
             * Detail
             * @description Pixels of the drawing's side, of models that take any size.
             * @default 640
             */
            detail: number;
        };
        /** Body_findLookalikes */
        Body_findLookalikes: {
            /**
             * Image
             * @description A photograph of one face, from the front.
             */
            image: Blob;
            /**
             * Consent
             * @description The person shown is an adult, and is the sender or agreed to this use.
             * @default false
             */
            consent: boolean;
            /**
             * Weight
             * @description Of the whole face beside its shape; 0: shape alone, 1: whole face alone.
             * @default 0
             */
            weight: number;
            /**
             * Most
             * @description How many people.
             * @default 6
             */
            most: number;
        };
        /** Body_heatmap */
        Body_heatmap: {
            /**
             * Image
             * @description Any picture.
             */
            image: Blob;
            /**
             * Prepared
             * @description True: the picture already is what the model takes, for example a drawing.
             * @default false
             */
            prepared: boolean;
            /**
             * Direction
             * @description Models trained without pairs: from which domain to which one.
             * @default a_to_b
             * @enum {string}
             */
            direction: "a_to_b" | "b_to_a";
        };
        /** Body_makeUp */
        Body_makeUp: {
            /**
             * Image
             * @description A face.
             */
            image: Blob;
            /**
             * Reference
             * @description One to six faces whose make-up to use, mixed.
             */
            reference: Blob[];
            /**
             * Weight
             * @description How far each reference counts, 0 or more; left out: equally.
             */
            weight?: number[] | null;
            /**
             * Consent
             * @description The person shown is an adult, and is the sender or agreed to this use.
             * @default false
             */
            consent: boolean;
            /**
             * Strength
             * @description Amount for all regions; 0: none, 1: that of the references.
             * @default 1
             */
            strength: number;
            /**
             * Lips
             * @description Amount for this region; left out: an amount that looks natural.
             */
            lips?: number | null;
            /**
             * Eyes
             * @description Amount for this region; left out: an amount that looks natural.
             */
            eyes?: number | null;
            /**
             * Liner
             * @description Amount for this region; left out: as eyes, where that is given.
             */
            liner?: number | null;
            /**
             * Brows
             * @description Amount for this region; left out: as eyes, where that is given.
             */
            brows?: number | null;
            /**
             * Cheeks
             * @description Amount for this region; left out: as skin, where that is given.
             */
            cheeks?: number | null;
            /**
             * Skin
             * @description Amount for this region; left out: an amount that looks natural.
             */
            skin?: number | null;
        };
        /** Body_paintPortrait */
        Body_paintPortrait: {
            /**
             * Image
             * @description The drawing, dark strokes on white.
             */
            image: Blob;
            /**
             * Prepared
             * @description False: a photo, from which a drawing is made first.
             * @default true
             */
            prepared: boolean;
            /**
             * K
             * @description Number of real sketches that each part is compared with, 1 to 100.
             * @default 10
             */
            k: number;
            /**
             * T
             * @description Share of the drawing itself that stays, 0 to 1: one number for all parts, or a JSON object with a number per part.
             * @default 0.4
             */
            t: string;
            /**
             * Shadow
             * @description Also return the nearest real sketches.
             * @default false
             */
            shadow: boolean;
            /**
             * Place
             * @description Bring a face that was drawn small, off-centre or turned to where the model expects it.
             * @default false
             */
            place: boolean;
            /**
             * Hair
             * @description Colour to move this region of the portrait to, #c9a063 or a name of a swatch such as black; left out: as painted.
             */
            hair?: string | null;
            /**
             * Skin
             * @description Colour to move this region of the portrait to, #c9a063 or a name of a swatch such as black; left out: as painted.
             */
            skin?: string | null;
            /**
             * Background
             * @description Colour to move this region of the portrait to, #c9a063 or a name of a swatch such as black; left out: as painted.
             */
            background?: string | null;
        };
        /** Body_prepare */
        Body_prepare: {
            /**
             * Image
             * @description Any picture.
             */
            image: Blob;
            /**
             * Size
             * @description square: the square of training; keep: the picture's own size; a number: pixels of its shorter side. Models with the capability any_size take all three.
             * @default square
             */
            size: string;
        };
        /** Body_prepareMakeUp */
        Body_prepareMakeUp: {
            /**
             * Image
             * @description A face to change, or a face whose make-up to use.
             */
            image: Blob;
            /**
             * Consent
             * @description The person shown is an adult, and is the sender or agreed to this use.
             * @default false
             */
            consent: boolean;
        };
        /** Body_printCard */
        Body_printCard: {
            /**
             * Picture
             * @description The picture on the front, such as a cartoon.
             */
            picture: Blob;
            /**
             * Design
             * @description The design as JSON: see ganvas.apps.card.design.
             */
            design: string;
            /**
             * Profile
             * @description Name of a print shop or of a bank.
             * @default default
             */
            profile: string;
            /**
             * Icc
             * @description ICC profile of the print shop; left out: the file is in sRGB.
             */
            icc?: Blob | null;
            /**
             * Sheet
             * @description a4, a3 or letter: several cards per page.
             */
            sheet?: string | null;
            /**
             * Statement
             * @description Add the page about the model, with the checklist.
             * @default true
             */
            statement: boolean;
            /**
             * Bundle
             * @description Id of the model that drew the picture; left out: none did, and there is no mark.
             */
            bundle?: string | null;
            /**
             * Language
             * @description Of the page about the model.
             * @default en
             * @enum {string}
             */
            language: "en" | "ko";
        };
        /** Body_project */
        Body_project: {
            /**
             * Image
             * @description Any picture.
             */
            image: Blob;
            /**
             * Steps
             * @description Steps of the optimisation.
             * @default 300
             */
            steps: number;
            /**
             * Plus
             * @description True: one style per layer, which is closer to the photograph but edits less well.
             * @default false
             */
            plus: boolean;
            /**
             * Class
             * @description Number of the class; left out: the one that starts closest.
             */
            class?: number | null;
            /**
             * Client
             * @description Any name of the client: a new projection stops its earlier one.
             * @default
             */
            client: string;
        };
        /** Body_sketchPhoto */
        Body_sketchPhoto: {
            /**
             * Image
             * @description A photo.
             */
            image: Blob;
        };
        /** Body_translate */
        Body_translate: {
            /**
             * Image
             * @description Any picture.
             */
            image: Blob;
            /**
             * Prepared
             * @description True: the picture already is what the model takes, for example a drawing.
             * @default false
             */
            prepared: boolean;
            /**
             * Direction
             * @description Models trained without pairs: from which domain to which one.
             * @default a_to_b
             * @enum {string}
             */
            direction: "a_to_b" | "b_to_a";
            /**
             * Size
             * @description square: the square of training; keep: the picture's own size; a number: pixels of its shorter side. Models with the capability any_size take all three.
             * @default square
             */
            size: string;
        };
        /**
         * BreedMontage
         * @description What the next page of faces is made of; the same request gives the same faces.
         */
        BreedMontage: {
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Round
             * @description Pages that were picked from; steps shrink with it.
             * @default 0
             */
            round: number;
            /**
             * Picked
             * @description Up to six faces; none: new faces.
             * @default []
             */
            picked: string[];
            /**
             * Base
             * @description The face whose locked parts are kept; null: the first picked one.
             */
            base?: string | null;
            /**
             * Locked
             * @description Parts that all faces take from the base.
             * @default []
             */
            locked: string[];
            /**
             * Count
             * @description Faces of the page, at least those picked.
             * @default 18
             */
            count: number;
        };
        /**
         * BundleCard
         * @description A trained model in short.
         */
        BundleCard: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Family */
            family: string;
            /**
             * Task
             * @description Name of the task, such as synthesis.
             */
            task: string;
            /** Resolution */
            resolution: number;
            /** Channels */
            channels: number;
            /** Source Channels */
            source_channels: number;
            /** Classes */
            classes: string[];
            /** Degradation */
            degradation: string | null;
            /**
             * Source Scale
             * @description Side of an answer, as a multiple of the side of its source.
             */
            source_scale: number;
            /**
             * Enlarges
             * @description It takes whole pictures of any size and enlarges them source_scale times.
             */
            enlarges: boolean;
            /**
             * Crop
             * @description How a picture is cropped to a square; those that begin with face need one in it.
             * @enum {string}
             */
            crop: "center" | "smart" | "stretch" | "pad" | "face" | "face-tight" | "face-wide" | "face-fixed";
            /**
             * Labels
             * @description Number of labels of the label maps that it takes; 0: it takes pictures.
             */
            labels: number;
            /**
             * Domains
             * @description Translation without pairs: the names of A and B; empty where they are unknown.
             */
            domains: string[];
            /**
             * Makes Up
             * @description It was trained to transfer make-up and keep the identity.
             */
            makes_up: boolean;
            /** Z Dim */
            z_dim: number;
            /** Truncates */
            truncates: boolean;
            /**
             * Directions
             * @description Number of directions in which it translates, 1 or 2; 0: it makes pictures from seeds.
             */
            directions: number;
            /**
             * Has Heatmap
             * @description It has an attention map of its translations.
             */
            has_heatmap: boolean;
            /** Kimg */
            kimg: number;
            /** Created */
            created: string;
            /**
             * Recipe
             * @description Name of the recipe.
             */
            recipe: string | null;
            /**
             * Page
             * @description The page of the studio on which it is used.
             * @enum {string}
             */
            page: "generate" | "draw" | "translate" | "music";
            /**
             * Accepts
             * @description What it takes, the most usual first.
             */
            accepts: ("seed" | "picture" | "drawing" | "reference" | "label map" | "music")[];
            /**
             * Capabilities
             * @description What it can do beyond its task.
             */
            capabilities: ("latent_space" | "truncation" | "classes" | "heatmap" | "codes" | "enlarges" | "inpaints" | "photo_to_drawing" | "accompanies" | "any_size")[];
            /**
             * Drawing Direction
             * @description The direction in which it takes drawings; null: none.
             */
            drawing_direction: ("a_to_b" | "b_to_a") | null;
            /** @description What it does. */
            summary: components["schemas"]["Summary"];
            /** Parameters */
            parameters: {
                [key: string]: number;
            };
            /** Metrics */
            metrics: components["schemas"]["BundleMetric"][];
            /** Preview Url */
            preview_url: string;
        };
        /**
         * BundleDetail
         * @description A trained model in full.
         */
        BundleDetail: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Family */
            family: string;
            /**
             * Task
             * @description Name of the task, such as synthesis.
             */
            task: string;
            /** Resolution */
            resolution: number;
            /** Channels */
            channels: number;
            /** Source Channels */
            source_channels: number;
            /** Classes */
            classes: string[];
            /** Degradation */
            degradation: string | null;
            /**
             * Source Scale
             * @description Side of an answer, as a multiple of the side of its source.
             */
            source_scale: number;
            /**
             * Enlarges
             * @description It takes whole pictures of any size and enlarges them source_scale times.
             */
            enlarges: boolean;
            /**
             * Crop
             * @description How a picture is cropped to a square; those that begin with face need one in it.
             * @enum {string}
             */
            crop: "center" | "smart" | "stretch" | "pad" | "face" | "face-tight" | "face-wide" | "face-fixed";
            /**
             * Labels
             * @description Number of labels of the label maps that it takes; 0: it takes pictures.
             */
            labels: number;
            /**
             * Domains
             * @description Translation without pairs: the names of A and B; empty where they are unknown.
             */
            domains: string[];
            /**
             * Makes Up
             * @description It was trained to transfer make-up and keep the identity.
             */
            makes_up: boolean;
            /** Z Dim */
            z_dim: number;
            /** Truncates */
            truncates: boolean;
            /**
             * Directions
             * @description Number of directions in which it translates, 1 or 2; 0: it makes pictures from seeds.
             */
            directions: number;
            /**
             * Has Heatmap
             * @description It has an attention map of its translations.
             */
            has_heatmap: boolean;
            /** Kimg */
            kimg: number;
            /** Created */
            created: string;
            /**
             * Recipe
             * @description Name of the recipe.
             */
            recipe: string | null;
            /**
             * Page
             * @description The page of the studio on which it is used.
             * @enum {string}
             */
            page: "generate" | "draw" | "translate" | "music";
            /**
             * Accepts
             * @description What it takes, the most usual first.
             */
            accepts: ("seed" | "picture" | "drawing" | "reference" | "label map" | "music")[];
            /**
             * Capabilities
             * @description What it can do beyond its task.
             */
            capabilities: ("latent_space" | "truncation" | "classes" | "heatmap" | "codes" | "enlarges" | "inpaints" | "photo_to_drawing" | "accompanies" | "any_size")[];
            /**
             * Drawing Direction
             * @description The direction in which it takes drawings; null: none.
             */
            drawing_direction: ("a_to_b" | "b_to_a") | null;
            /** @description What it does. */
            summary: components["schemas"]["Summary"];
            /** Parameters */
            parameters: {
                [key: string]: number;
            };
            /** Metrics */
            metrics: components["schemas"]["BundleMetric"][];
            /** Preview Url */
            preview_url: string;
            /** Card Markdown */
            card_markdown: string;
            /**
             * Config
             * @description Settings of the family.
             */
            config: {
                [key: string]: unknown;
            };
            /**
             * Recipe Settings
             * @description The resolved recipe.
             */
            recipe_settings: {
                [key: string]: unknown;
            };
            /** Files */
            files: {
                [key: string]: components["schemas"]["BundleFile"];
            };
            /** Credits */
            credits: components["schemas"]["Credit"][];
            /**
             * Onnx Difference
             * @description Largest difference between the ONNX graph and the model; null: no graph.
             */
            onnx_difference: number | null;
        };
        /**
         * BundleFile
         * @description A file of the bundle.
         */
        BundleFile: {
            /** Sha256 */
            sha256: string;
            /** Bytes */
            bytes: number;
        };
        /**
         * BundleList
         * @description All bundles, the newest first.
         */
        BundleList: {
            /** Bundles */
            bundles: components["schemas"]["BundleCard"][];
            /** Refused */
            refused: components["schemas"]["RefusedBundle"][];
        };
        /**
         * BundleMetric
         * @description A measured value, with the protocol that repeats it.
         */
        BundleMetric: {
            /** Metric */
            metric: string;
            /** Value */
            value: number;
            /** Std */
            std?: number | null;
            /** Nimg */
            nimg?: number | null;
            /**
             * Protocol
             * @default {}
             */
            protocol: {
                [key: string]: unknown;
            };
        };
        /**
         * CardCheck
         * @description What the checks found.
         */
        CardCheck: {
            /** Findings */
            findings: components["schemas"]["Finding"][];
        };
        /**
         * CardFont
         * @description A font of the texts.
         */
        CardFont: {
            /** Name */
            name: string;
            /** Family */
            family: string;
            /** Url */
            url: string;
        };
        /**
         * CardKit
         * @description All that a page needs to lay a card out.
         */
        CardKit: {
            /**
             * Corner
             * @description radius of the card's corners, in mm
             */
            corner: number;
            landscape: components["schemas"]["CardZones"];
            portrait: components["schemas"]["CardZones"];
            /** Templates */
            templates: components["schemas"]["CardTemplate"][];
            /** Fonts */
            fonts: components["schemas"]["CardFont"][];
            /** Shops */
            shops: components["schemas"]["PrintProfile"][];
            /** Banks */
            banks: components["schemas"]["BankProfile"][];
            /**
             * Sheets
             * @description sizes of paper for several cards
             */
            sheets: string[];
        };
        /**
         * CardTemplate
         * @description A template: what it draws, and where picture and texts are.
         */
        CardTemplate: {
            /** Name */
            name: string;
            /**
             * Orientation
             * @enum {string}
             */
            orientation: "landscape" | "portrait";
            /** Title */
            title: {
                [key: string]: string;
            };
            /** Colours */
            colours: {
                [key: string]: string;
            };
            picture: components["schemas"]["PictureFrame"];
            /** Texts */
            texts: components["schemas"]["TextBox"][];
            /**
             * Front
             * @description SVG below the picture, in mm, with colours as {{ground}}
             */
            front: string;
            /**
             * Front Over
             * @description SVG above the picture; null: none
             */
            front_over: string | null;
            /**
             * Back
             * @description SVG of the back
             */
            back: string;
        };
        /**
         * CardZones
         * @description A card in one orientation, in mm: x, y, width and height from its upper left corner.
         */
        CardZones: {
            /**
             * Trim
             * @description the finished card
             */
            trim: [
                number,
                number,
                number,
                number
            ];
            /**
             * Artwork
             * @description what templates draw, with bleed
             */
            artwork: [
                number,
                number,
                number,
                number
            ];
            /**
             * Chip
             * @description zone of the chip on the front
             */
            chip: [
                number,
                number,
                number,
                number
            ];
            /**
             * Stripe
             * @description zone of the magnetic stripe on the back
             */
            stripe: [
                number,
                number,
                number,
                number
            ];
        };
        /**
         * CartoonAnswer
         * @description A drawn photograph.
         */
        CartoonAnswer: {
            /**
             * Picture
             * @description data URL of a PNG, transparent where nothing is drawn
             */
            picture: string;
            /** Width */
            width: number;
            /** Height */
            height: number;
            /**
             * Face
             * @description where the face is: x0, y0, x1, y1 in parts of width and height
             */
            face: [
                number,
                number,
                number,
                number
            ];
            /**
             * Colours
             * @description colours that cover most of the photograph
             */
            colours: string[];
            /**
             * Findings
             * @description what the pre-check of the content found
             */
            findings: components["schemas"]["Finding"][];
            /** Milliseconds */
            milliseconds: number;
        };
        /**
         * CatalogueCounts
         * @description Numbers of pictures by verdict.
         */
        CatalogueCounts: {
            /** Images */
            images: number;
            /** Keep */
            keep: number;
            /** Drop */
            drop: number;
            /** Disputed */
            disputed: number;
            /** Undecided */
            undecided: number;
        };
        /**
         * ChangePart
         * @description A face, one part of which is to be exchanged.
         */
        ChangePart: {
            /**
             * Face
             * @description Code of a face, as an earlier answer gave it: the whole state of the face.
             */
            face: string;
            /**
             * Part
             * @description One of the parts of the answer.
             */
            part: string;
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Count
             * @default 12
             */
            count: number;
        };
        /**
         * CheckDescription
         * @description What to show beside a check's score: its label, the unit of its measure, and whether it is only a hint.
         */
        CheckDescription: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /**
             * Unit
             * @description such as ° or px; empty where there is none
             */
            unit: string;
            /**
             * Hint
             * @description cannot decide reliably, so it never proposes to drop a picture
             */
            hint: boolean;
            /**
             * Limit
             * @description the measure of score 0.5
             */
            limit: number;
            /**
             * Good
             * @description the measure of score 1
             */
            good: number;
            /**
             * Reason
             * @description what is said of pictures dropped for it
             */
            reason: string;
        };
        /**
         * ClipNote
         * @description A note of a clip.
         */
        ClipNote: {
            /**
             * Track
             * @description Index of its track.
             */
            track: number;
            /**
             * Pitch
             * @description MIDI number.
             */
            pitch: number;
            /**
             * Start
             * @description First time step.
             */
            start: number;
            /**
             * Length
             * @description In time steps.
             */
            length: number;
        };
        /**
         * ClipTrack
         * @description What plays a track: a General MIDI program from 0, or a drum kit.
         */
        ClipTrack: {
            /** Program */
            program: number;
            /**
             * Drums
             * @default false
             */
            drums: boolean;
        };
        /**
         * ComposeRequest
         * @description Which piece is wanted.
         */
        ComposeRequest: {
            /**
             * Seeds
             * @description One, or several through which the piece passes.
             */
            seeds: number[];
            /**
             * Phrases
             * @description Phrases of the piece; the latent moves between seeds.
             * @default 1
             */
            phrases: number;
            /**
             * Threshold
             * @description A note sounds where its probability is above this.
             * @default 0.5
             */
            threshold: number;
            /**
             * Draw
             * @description Draw each note with its probability instead, by the seed.
             * @default false
             */
            draw: boolean;
        };
        /**
         * Composition
         * @description A piece.
         */
        Composition: {
            /**
             * Notes
             * @description By start, then track, then pitch.
             */
            notes: components["schemas"]["NoteInfo"][];
            /**
             * Steps
             * @description Its length in time steps.
             */
            steps: number;
            /**
             * Milliseconds
             * @description Time that the request took.
             */
            milliseconds: number;
        };
        /**
         * ConditionResult
         * @description What raters said of a condition.
         */
        ConditionResult: {
            /** Name */
            name: string;
            /** Origin */
            origin: string;
            /** Real */
            real: boolean;
            /**
             * Value
             * @description Mean opinion score, or strength of preference.
             */
            value: number;
            /**
             * Low
             * @description Lower end of the 95 % interval.
             */
            low: number | null;
            /**
             * High
             * @description Upper end of the 95 % interval.
             */
            high: number | null;
            /**
             * Ratings
             * @description Answers that count.
             */
            ratings: number;
            /**
             * Preferred
             * @description Pairs: share of wins, not sure counting half.
             */
            preferred?: number | null;
            /**
             * Above Next
             * @description Share of resamples in which it is above the next one.
             */
            above_next?: number | null;
            /**
             * Measured
             * @description Metrics of the model that made what was rated, when it was made.
             * @default {}
             */
            measured: {
                [key: string]: number;
            };
        };
        /**
         * Credit
         * @description The origin of pictures or weights that the model was made from.
         */
        Credit: {
            /** Name */
            name: string;
            /** Licence */
            licence?: string | null;
            /**
             * Source
             * @description where it can be found
             */
            source?: string | null;
            /**
             * Count
             * @description how many pictures
             */
            count?: number | null;
            /**
             * Text
             * @description the licence or credits file found beside the pictures
             * @default
             */
            text: string;
        };
        /**
         * DeletedRun
         * @description A run that was deleted and can be restored.
         */
        DeletedRun: {
            /** Id */
            id: string;
            /**
             * Run
             * @description Name that it had.
             */
            run: string;
            /**
             * Deleted
             * @description When, ISO 8601 in UTC.
             */
            deleted: string;
        };
        /**
         * DirectionInfo
         * @description A direction in latent space.
         */
        DirectionInfo: {
            /** Number */
            number: number;
            /**
             * Share
             * @description Share of the change that steps of one size can cause in all directions together.
             */
            share: number;
        };
        /**
         * DirectionsAnswer
         * @description The directions of a model, the strongest first.
         */
        DirectionsAnswer: {
            /**
             * Layers
             * @description Number of layers that have directions.
             */
            layers: number;
            /** First Layer */
            first_layer: number;
            /** Last Layer */
            last_layer: number;
            /**
             * Strongest
             * @description Largest strength in either sense, in standard deviations.
             */
            strongest: number;
            /** Directions */
            directions: components["schemas"]["DirectionInfo"][];
        };
        /**
         * DrawingPlacement
         * @description How a drawing was moved before it was painted: scaled and turned about the middle of the paper, then shifted.
         */
        DrawingPlacement: {
            /** Scale */
            scale: number;
            /**
             * Angle
             * @description Degrees, clockwise.
             */
            angle: number;
            /**
             * X
             * @description To the right, in sides of the paper.
             */
            x: number;
            /**
             * Y
             * @description Downwards, in sides of the paper.
             */
            y: number;
        };
        /**
         * DropReason
         * @description A reason to drop a picture: the key on the keyboard, the stored name, and the meaning.
         */
        DropReason: {
            /** Digit */
            digit: number;
            /** Key */
            key: string;
            /** Meaning */
            meaning: string;
        };
        /**
         * Dropped
         * @description Files of an upload that were not kept, for one reason.
         */
        Dropped: {
            /**
             * Code
             * @description Name of the reason, as in the errors.
             */
            code: string;
            /**
             * Reason
             * @description Why the first of them was not kept, in English.
             */
            reason: string;
            /**
             * Params
             * @description The values in that reason, by name.
             */
            params: {
                [key: string]: string | number;
            };
            /** Count */
            count: number;
            /**
             * Examples
             * @description Names of the first of them.
             */
            examples: string[];
        };
        /**
         * EditRequest
         * @description Pictures moved along directions.
         */
        EditRequest: {
            /** Points */
            points: components["schemas"]["Point"][];
            /**
             * Strengths
             * @default []
             */
            strengths: components["schemas"]["Strength"][];
            /**
             * First Layer
             * @description The first layer, as in the request of the directions.
             */
            first_layer?: number | null;
            /** Last Layer */
            last_layer?: number | null;
            /**
             * Psi
             * @description Truncation; 1 means none, 0 no variation.
             * @default 1
             */
            psi: number;
        };
        /**
         * ExpectedFiles
         * @description How many files an upload has.
         */
        ExpectedFiles: {
            /**
             * Files
             * @description Number of files that are about to be sent; null: all were sent.
             */
            files: number | null;
        };
        /**
         * ExportFace
         * @description A face to save as a file.
         */
        ExportFace: {
            /**
             * Face
             * @description Code of a face, as an earlier answer gave it: the whole state of the face.
             */
            face: string;
            /**
             * Round
             * @default 0
             */
            round: number;
            /**
             * Visible
             * @description Write on the picture, too, that a model drew it.
             * @default true
             */
            visible: boolean;
        };
        /**
         * FilmRequest
         * @description A walk as a film.
         */
        FilmRequest: {
            /** Points */
            points: components["schemas"]["Point"][];
            /**
             * Steps
             * @description Steps from each point to the next.
             * @default 8
             */
            steps: number;
            /**
             * Loop
             * @description Return to the first point at the end.
             * @default false
             */
            loop: boolean;
            /**
             * Psi
             * @description Truncation; 1 means none, 0 no variation.
             * @default 1
             */
            psi: number;
            /**
             * Format
             * @default mp4
             * @enum {string}
             */
            format: "mp4" | "gif";
            /**
             * Fps
             * @default 30
             */
            fps: number;
        };
        /**
         * Finding
         * @description One thing that a check found.
         */
        Finding: {
            /** Code */
            code: string;
            /**
             * Level
             * @enum {string}
             */
            level: "error" | "warning" | "info";
            /** Sentence */
            sentence: string;
            /** Params */
            params: {
                [key: string]: string | number;
            };
        };
        /**
         * Frames
         * @description Pictures in order.
         */
        Frames: {
            /**
             * Images
             * @description data:image/png;base64,…
             */
            images: string[];
            /** Milliseconds */
            milliseconds: number;
        };
        /**
         * GallerySummary
         * @description A gallery.
         */
        GallerySummary: {
            /** Id */
            id: string;
            /**
             * Name
             * @description The name that is shown.
             */
            name: string;
            /**
             * People
             * @description Number of people.
             */
            people: number;
            /**
             * Photographs
             * @description Number of photographs that they were measured in.
             */
            photographs: number;
            /**
             * Consent
             * @description Who agreed to what, or why nobody needs to.
             */
            consent: string;
            /**
             * Sources
             * @description Where the photographs come from, with their licences.
             */
            sources: string[];
            /**
             * Delete After
             * @description When the gallery is to be deleted.
             */
            delete_after: string | null;
            /**
             * Has Pictures
             * @description It holds a picture of each person.
             */
            has_pictures: boolean;
        };
        /**
         * GenerateAnswer
         * @description Pictures in the order of the seeds.
         */
        GenerateAnswer: {
            /** Images */
            images: components["schemas"]["GeneratedImage"][];
            /** Milliseconds */
            milliseconds: number;
        };
        /**
         * GenerateRequest
         * @description Pictures to make.
         */
        GenerateRequest: {
            /** Seeds */
            seeds: number[];
            /**
             * Class
             * @description Number of the class; null: each seed decides its own.
             */
            class?: number | null;
            /**
             * Psi
             * @description Truncation; 1 means none, 0 no variation.
             * @default 1
             */
            psi: number;
        };
        /**
         * GeneratedImage
         * @description One picture with its permanent address.
         */
        GeneratedImage: {
            /** Seed */
            seed: number;
            /**
             * Class
             * @description Number of the class; null: the model has no classes.
             */
            class: number | null;
            /** Url */
            url: string;
            /**
             * Data
             * @description data:image/png;base64,…
             */
            data: string;
        };
        /**
         * Health
         * @description The state of the studio.
         */
        Health: {
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
            /** Version */
            version: string;
            /**
             * Engine
             * @enum {string}
             */
            engine: "onnxruntime" | "torch";
            /** Bundles */
            bundles: number;
            /** Runs */
            runs: number;
            /**
             * Catalogue
             * @description Name of the catalogue that is open for review; null: none.
             */
            catalogue?: string | null;
            /**
             * Shares
             * @description Drawings may be shared by link, and are kept for that.
             * @default false
             */
            shares: boolean;
        };
        /**
         * HealthSentence
         * @description A finding of the training diagnostics.
         */
        HealthSentence: {
            /**
             * Name
             * @description Name of the finding; pages say it in their language by it.
             */
            name: string;
            /**
             * Level
             * @enum {string}
             */
            level: "info" | "warning" | "error";
            /**
             * Sentence
             * @description The finding and the advice, in English.
             */
            sentence: string;
            /**
             * Params
             * @description The values in the finding, by name; empty in older runs.
             * @default {}
             */
            params: {
                [key: string]: string | number;
            };
            /**
             * Advice
             * @description What to try, in English; empty in older runs.
             * @default
             */
            advice: string;
        };
        /**
         * InterpolateRequest
         * @description A walk from each point to the next.
         */
        InterpolateRequest: {
            /** Points */
            points: components["schemas"]["Point"][];
            /**
             * Steps
             * @description Steps from each point to the next.
             * @default 8
             */
            steps: number;
            /**
             * Loop
             * @description Return to the first point at the end.
             * @default false
             */
            loop: boolean;
            /**
             * Psi
             * @description Truncation; 1 means none, 0 no variation.
             * @default 1
             */
            psi: number;
        };
        /**
         * JoinRequest
         * @description Take part in a round.
         */
        JoinRequest: {
            /**
             * Reviewer
             * @description Name of the reviewer.
             */
            reviewer: string;
        };
        /**
         * Joined
         * @description A new rater of a study.
         */
        Joined: {
            /**
             * Rater
             * @description The secret by which the rater is known.
             */
            rater: string;
        };
        /**
         * KeptPicture
         * @description Whether an uploaded file was kept, and if not, why.
         */
        KeptPicture: {
            /** Kept */
            kept: boolean;
            error: components["schemas"]["TrainingError"] | null;
        };
        /**
         * LeftOut
         * @description A rater who does not count, and why.
         */
        LeftOut: {
            /**
             * Rater
             * @description Number of the rater, from 1.
             */
            rater: number;
            /**
             * Reason
             * @description unfinished, attention, gold or screening.
             */
            reason: string;
            /**
             * Detail
             * @description In words.
             */
            detail: string;
        };
        /**
         * LookalikeAnswer
         * @description The people whom a face resembles most.
         */
        LookalikeAnswer: {
            /**
             * Matches
             * @description The most similar first.
             */
            matches: components["schemas"]["Resemblance"][];
            /**
             * Outline
             * @description Lines of the face that was sent, in the frontal pose.
             */
            outline: [
                number,
                number
            ][][];
            /**
             * Left Out
             * @description People left out, since both pictures may show the same person.
             */
            left_out: number;
            /**
             * Nearer Rivals
             * @description Share of the people of the gallery who have somebody in it nearer to them than the first match; null for a small gallery.
             */
            nearer_rivals: number | null;
            /**
             * Milliseconds
             * @description Time that the request took.
             */
            milliseconds: number;
        };
        /**
         * MissingGoal
         * @description A goal that the pictures do not reach, and what is missing.
         */
        MissingGoal: {
            /** Goal */
            goal: string;
            /** Title */
            title: string;
            reason: components["schemas"]["SuggestionReason"];
        };
        /**
         * MixAnswer
         * @description All pictures as data:image/png;base64,…
         */
        MixAnswer: {
            /**
             * Layers
             * @description Number of layers of the model.
             */
            layers: number;
            /** Rows */
            rows: string[];
            /** Columns */
            columns: string[];
            /**
             * Cells
             * @description By row, then by column.
             */
            cells: string[][];
            /** Milliseconds */
            milliseconds: number;
        };
        /**
         * MixRequest
         * @description The pictures of the rows with layers of the columns.
         */
        MixRequest: {
            /** Rows */
            rows: components["schemas"]["Point"][];
            /** Columns */
            columns: components["schemas"]["Point"][];
            /**
             * First Layer
             * @description The first layer that comes from the columns.
             * @default 0
             */
            first_layer: number;
            /**
             * Last Layer
             * @description The last layer that comes from the columns; null: the middle one.
             */
            last_layer?: number | null;
            /**
             * Psi
             * @description Truncation; 1 means none, 0 no variation.
             * @default 1
             */
            psi: number;
        };
        /**
         * MontageAnswer
         * @description A page of faces, drawn by the model.
         */
        MontageAnswer: {
            /**
             * Faces
             * @description Picked faces first, unchanged.
             */
            faces: components["schemas"]["MontageFace"][];
            /**
             * Parts
             * @description Parts that can be locked and exchanged.
             */
            parts: string[];
            /** Milliseconds */
            milliseconds: number;
        };
        /**
         * MontageFace
         * @description A face.
         */
        MontageFace: {
            /**
             * Code
             * @description The face as text; send it back to pick, lock, change, morph or save the face.
             */
            code: string;
            /**
             * Picture
             * @description PNG as data URL.
             */
            picture: string;
        };
        /**
         * MorphFaces
         * @description Two faces, such as those of two witnesses.
         */
        MorphFaces: {
            /**
             * First
             * @description Code of a face, as an earlier answer gave it: the whole state of the face.
             */
            first: string;
            /**
             * Second
             * @description Code of a face, as an earlier answer gave it: the whole state of the face.
             */
            second: string;
            /**
             * Count
             * @default 5
             */
            count: number;
        };
        /**
         * MusicFilesSurvey
         * @description What the music is.
         */
        MusicFilesSurvey: {
            /**
             * Files
             * @description Music files.
             */
            files: number;
            /**
             * Pictures
             * @description Pictures beside them, which are left out.
             */
            pictures: number;
            /**
             * Parts
             * @description Median number of parts with notes, of a sample of pieces.
             */
            parts: number;
            /**
             * Roles
             * @description In how many pieces of the sample there is melody, chords, bass, drums.
             */
            roles: {
                [key: string]: number;
            };
            /**
             * Pieces
             * @description Pieces in the sample.
             */
            pieces: number;
            /**
             * Unreadable
             * @description Files of the sample that cannot be used, and why, in English.
             */
            unreadable: {
                [key: string]: string;
            };
        };
        /**
         * MusicFormat
         * @description What the pieces of a model are made of.
         */
        MusicFormat: {
            /** Tracks */
            tracks: components["schemas"]["TrackInfo"][];
            /**
             * Bars
             * @description Bars per phrase.
             */
            bars: number;
            /**
             * Beats
             * @description Quarter notes per bar.
             */
            beats: number;
            /**
             * Beat Steps
             * @description Time steps per quarter note.
             */
            beat_steps: number;
            /**
             * Lowest
             * @description MIDI number of the lowest pitch.
             */
            lowest: number;
            /**
             * Pitches
             * @description Number of pitches.
             */
            pitches: number;
            /**
             * Tempo
             * @description Quarter notes per minute of the training data; 100 where unknown.
             */
            tempo: number;
            /**
             * Given
             * @description Index of the track that it accompanies; null: it takes none.
             */
            given: number | null;
        };
        /**
         * NamedProgress
         * @description The progress of a reviewer, with the name.
         */
        NamedProgress: {
            /** Kept */
            kept: number;
            /** Dropped */
            dropped: number;
            /** Skipped */
            skipped: number;
            /** Waiting */
            waiting: number;
            /** Reviewer */
            reviewer: string;
        };
        /**
         * NeighbourInfo
         * @description A training picture near a sample.
         */
        NeighbourInfo: {
            /**
             * Distance
             * @description Features: 1 − cosine similarity; pixels: root mean square, of 255.
             */
            distance: number;
            /**
             * Image
             * @description data:image/png;base64,…
             */
            image: string;
        };
        /**
         * NeighbourSample
         * @description A sample with its nearest training pictures, nearest first.
         */
        NeighbourSample: {
            /** Seed */
            seed: number;
            /**
             * Image
             * @description data:image/png;base64,…
             */
            image: string;
            /**
             * Copied
             * @description It is closer to a training picture than 99 % of those are to each other.
             */
            copied: boolean;
            /** Features */
            features: components["schemas"]["NeighbourInfo"][];
            /** Pixels */
            pixels: components["schemas"]["NeighbourInfo"][];
        };
        /**
         * NeighboursAnswer
         * @description Whether the model memorised any training picture.
         */
        NeighboursAnswer: {
            /** Sentence */
            sentence: string;
            /**
             * Usual
             * @description Median distance of a training picture to its nearest other one, in features.
             */
            usual: number;
            /**
             * Small
             * @description The distance below which one in a hundred of them lies.
             */
            small: number;
            /** Samples */
            samples: components["schemas"]["NeighbourSample"][];
        };
        /**
         * NewPictureSet
         * @description The name of an upload.
         */
        NewPictureSet: {
            /** Name */
            name: string;
        };
        /**
         * NoteInfo
         * @description A note.
         */
        NoteInfo: {
            /**
             * Track
             * @description Index of its track.
             */
            track: number;
            /**
             * Pitch
             * @description MIDI number.
             */
            pitch: number;
            /**
             * Start
             * @description First time step, from the beginning of the piece.
             */
            start: number;
            /**
             * Length
             * @description In time steps.
             */
            length: number;
        };
        /**
         * PairAgreement
         * @description The agreement of two reviewers on the pictures that both judged; ``kappa`` is Cohen's.
         */
        PairAgreement: {
            /** A */
            a: string;
            /** B */
            b: string;
            /** Pictures */
            pictures: number;
            /** Same */
            same: number;
            /** Kappa */
            kappa: number | null;
        };
        /**
         * Phrase
         * @description Music of some bars.
         */
        Phrase: {
            /**
             * Notes
             * @description By start, then track, then pitch.
             */
            notes: components["schemas"]["NoteInfo"][];
            /**
             * Steps
             * @description Its length in time steps.
             */
            steps: number;
        };
        /**
         * PictureCheck
         * @description A measurement: ``raw`` in its own unit, ``score`` from 0 (bad) to 1 (good).
         */
        PictureCheck: {
            /** Name */
            name: string;
            /** Raw */
            raw: number | null;
            /** Score */
            score: number;
            /** Version */
            version: string;
            /** Detail */
            detail: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * PictureDetail
         * @description A picture with its present verdict.
         */
        PictureDetail: {
            /** Id */
            id: number;
            /** Sha256 */
            sha256: string;
            /** Width */
            width: number;
            /** Height */
            height: number;
            /** Thumbnail Url */
            thumbnail_url: string;
            /**
             * Checks
             * @description Lowest score first.
             */
            checks: components["schemas"]["PictureCheck"][];
            proposal: components["schemas"]["PictureProposal"] | null;
            /**
             * Duplicates
             * @description Nearest first, at most 12.
             */
            duplicates: components["schemas"]["PictureTwin"][];
            /** Origins */
            origins: components["schemas"]["PictureOrigin"][];
            /** Bytes */
            bytes: number;
            /**
             * Added
             * Format: date-time
             */
            added: string;
            /** Score */
            score: number | null;
            /** Result */
            result: ("keep" | "drop" | "disputed") | null;
            /** Reason */
            reason: string | null;
        };
        /**
         * PictureFrame
         * @description Where the picture stands.
         *
         *     ``fit`` is ``cover`` (it fills the frame, centred) or ``stand`` (it is as high as the frame and stands on its lower
         *     edge). With ``clip`` nothing of it is seen outside of the frame.
         */
        PictureFrame: {
            /**
             * Frame
             * @description x, y, width and height in mm
             */
            frame: [
                number,
                number,
                number,
                number
            ];
            /**
             * Radius
             * @description of the frame's corners, in mm
             * @default 0
             */
            radius: number;
            /** Clip */
            clip: boolean;
            /**
             * Fit
             * @enum {string}
             */
            fit: "cover" | "stand";
            /**
             * Blend
             * @description multiply: white becomes transparent, for drawings on paper
             * @enum {string}
             */
            blend: "normal" | "multiply";
        };
        /**
         * PictureOrigin
         * @description An origin of a picture.
         */
        PictureOrigin: {
            /** Source */
            source: string;
            /** Url */
            url: string | null;
            /** Page */
            page: string | null;
            /** Keyword */
            keyword: string | null;
            /** Licence */
            licence: string | null;
            /** Path */
            path: string | null;
        };
        /**
         * PicturePaths
         * @description The pictures that a set has.
         */
        PicturePaths: {
            /**
             * Paths
             * @description As they were sent, in Unicode NFC.
             */
            paths: string[];
        };
        /**
         * PictureProposal
         * @description The proposal of the checks.
         */
        PictureProposal: {
            /** Keep */
            keep: boolean;
            /** Reason */
            reason: string | null;
        };
        /**
         * PictureResult
         * @description What raters said of a picture or a clip.
         */
        PictureResult: {
            /** Condition */
            condition: string;
            /** Name */
            name: string;
            /** Mean */
            mean: number;
            /**
             * Deviation
             * @description Standard deviation over raters (SOS).
             */
            deviation: number | null;
            /** Ratings */
            ratings: number;
        };
        /**
         * PictureSetCard
         * @description Pictures that can be trained on.
         */
        PictureSetCard: {
            /** Name */
            name: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "folder" | "zip" | "catalogue";
            /**
             * Uploaded
             * @description Made by an upload, to which more can be added.
             */
            uploaded: boolean;
            /**
             * Expected
             * @description Number of files of an upload that has not ended; null: it has.
             */
            expected: number | null;
        };
        /**
         * PictureSetDetail
         * @description Pictures that can be trained on, with the first of them.
         */
        PictureSetDetail: {
            /** Name */
            name: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "folder" | "zip" | "catalogue";
            /**
             * Uploaded
             * @description Made by an upload, to which more can be added.
             */
            uploaded: boolean;
            /**
             * Expected
             * @description Number of files of an upload that has not ended; null: it has.
             */
            expected: number | null;
            /**
             * Count
             * @description Number of pictures; 0 for a zip and a catalogue, which are not looked into.
             */
            count: number;
            /**
             * Samples
             * @description Paths of the first pictures.
             */
            samples: string[];
            /**
             * Music
             * @description Number of music files; 0 for a zip and a catalogue.
             */
            music: number;
            /**
             * Pieces
             * @description Paths of the first music files.
             */
            pieces: string[];
            /**
             * Dropped
             * @description Uploaded files that were not kept, by reason.
             */
            dropped: components["schemas"]["Dropped"][];
            /** @description The uploaded zip; null: none, or it was unpacked before. */
            unpacking: components["schemas"]["Unpacked"] | null;
        };
        /**
         * PictureSetList
         * @description The pictures that can be trained on.
         */
        PictureSetList: {
            /** Sets */
            sets: components["schemas"]["PictureSetCard"][];
        };
        /**
         * PictureSurvey
         * @description What the pictures are.
         */
        PictureSurvey: {
            /** Pictures */
            pictures: number;
            /** Width */
            width: number;
            /** Height */
            height: number;
            /** Arrangement */
            arrangement: string;
            /**
             * Classes
             * @description Names of the classes, and how many pictures each has.
             */
            classes: {
                [key: string]: number;
            };
            /**
             * Faces
             * @description Share with a face; null: faces cannot be found on this machine.
             */
            faces: number | null;
            /** Drawings */
            drawings: boolean;
            /**
             * Grey
             * @description Share without colour.
             */
            grey: number;
            /** Unreadable */
            unreadable: number;
        };
        /**
         * PictureTwin
         * @description A picture that looks the same: ``distance`` of 64 bits differ, after mirroring when ``mirrored``.
         */
        PictureTwin: {
            /** Id */
            id: number;
            /** Distance */
            distance: number;
            /** Mirrored */
            mirrored: boolean;
            /** Thumbnail Url */
            thumbnail_url: string;
        };
        /**
         * Point
         * @description A point in latent space: a seed with its class, or the latent of a projection.
         */
        Point: {
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Class
             * @description Number of the class; null: the one that the seed decides.
             */
            class?: number | null;
            /**
             * Latent
             * @description Base64 of little-endian float32, as a projection returns it; the seed is then unused.
             */
            latent?: string | null;
        };
        /**
         * PortraitAnswer
         * @description A portrait.
         */
        PortraitAnswer: {
            /**
             * Portrait
             * @description data:image/png;base64,…
             */
            portrait: string;
            /**
             * Shadow
             * @description The nearest real sketches, grey on white, as data:image/png;base64,…; null when not requested.
             */
            shadow: string | null;
            /** @description How the drawing was moved; null: it was not, since it stands where it should or placing is off. */
            placement: components["schemas"]["DrawingPlacement"] | null;
            /**
             * Uncoloured
             * @description Regions whose colour was requested and that were not found in the portrait; they stay as painted.
             */
            uncoloured: ("hair" | "skin" | "background")[];
            /** Milliseconds */
            milliseconds: number;
        };
        /**
         * PortraitParts
         * @description The options of a portrait.
         */
        PortraitParts: {
            /**
             * Parts
             * @description Parts of a face that have their own share; one part: the whole face.
             */
            parts: string[];
            /**
             * Resolution
             * @description Side in pixels of the drawing as the model takes it.
             */
            resolution: number;
            /**
             * Sketches
             * @description Number of real sketches that the model holds.
             */
            sketches: number;
            k: components["schemas"]["Sketches"];
            t: components["schemas"]["Shares"];
            /**
             * Anchors
             * @description Where the model expects the middles of eyes, nose and mouth.
             */
            anchors: {
                [key: string]: components["schemas"]["Anchor"];
            };
        };
        /**
         * PrintProfile
         * @description What a print shop takes.
         */
        PrintProfile: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /**
             * About
             * @default
             */
            about: string;
            /**
             * Width
             * @description of the file with its bleed, in mm
             */
            width: number;
            /**
             * Height
             * @description of the file with its bleed, in mm
             */
            height: number;
            /**
             * Safe
             * @description mm from the cut that texts keep
             */
            safe: number;
            /**
             * Ink
             * @description most ink in one place, in per cent of one ink
             */
            ink: number;
            /**
             * Ppi
             * @description pixels per inch of the artwork
             * @default 600
             */
            ppi: number;
        };
        /**
         * ProjectionStarted
         * @description A projection has been queued.
         */
        ProjectionStarted: {
            /** Id */
            id: string;
        };
        /**
         * ProjectionState
         * @description The progress of a projection. It stops when no client reads it for a minute, so read it about once a second.
         */
        ProjectionState: {
            /** Id */
            id: string;
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "running" | "finished" | "stopped" | "failed";
            /** Step */
            step: number;
            /** Steps */
            steps: number;
            /**
             * Distance
             * @description LPIPS on VGG16.
             */
            distance: number | null;
            /**
             * Psnr
             * @description In dB, once finished.
             */
            psnr: number | null;
            /**
             * Target
             * @description The photograph as the model takes it: data:image/png;base64,…
             */
            target: string;
            /**
             * Image
             * @description The best picture so far: data:image/png;base64,…
             */
            image: string | null;
            /**
             * Latent
             * @description Once finished: the latent, to be used in a point.
             */
            latent: string | null;
            /**
             * Sentence
             * @description Why it failed or was stopped, in English.
             */
            sentence: string | null;
            /**
             * Code
             * @description Name of the reason, as in the errors; null while it goes on.
             */
            code: string | null;
            /**
             * Params
             * @description The values that stand in the sentence, by name.
             */
            params: {
                [key: string]: string | number;
            };
        };
        /**
         * ProlongRequest
         * @description A new length of a training.
         */
        ProlongRequest: {
            /**
             * Kimg
             * @description Its whole length in kimg.
             */
            kimg: number;
        };
        /**
         * Question
         * @description Where a rater stands, and the next question.
         */
        Question: {
            /**
             * Position
             * @description Number of questions answered, which is the index of the next.
             */
            position: number;
            /**
             * Total
             * @description Number of questions.
             */
            total: number;
            /**
             * Training
             * @description The next question does not count.
             */
            training: boolean;
            /**
             * Pictures
             * @description What it shows, from left to right; empty: all are answered.
             */
            pictures: components["schemas"]["Shown"][];
            /**
             * Following
             * @description Ids of the pictures or clips after it, to be loaded ahead.
             */
            following: string[];
        };
        /**
         * QueuedPicture
         * @description A picture that waits for a verdict. Verdicts of others are not shown, so that opinions stay independent.
         */
        QueuedPicture: {
            /** Id */
            id: number;
            /** Sha256 */
            sha256: string;
            /** Width */
            width: number;
            /** Height */
            height: number;
            /** Thumbnail Url */
            thumbnail_url: string;
            /**
             * Checks
             * @description Lowest score first.
             */
            checks: components["schemas"]["PictureCheck"][];
            proposal: components["schemas"]["PictureProposal"] | null;
            /**
             * Duplicates
             * @description Nearest first, at most 12.
             */
            duplicates: components["schemas"]["PictureTwin"][];
            /** Origins */
            origins: components["schemas"]["PictureOrigin"][];
            /**
             * Score
             * @description The lowest score of its checks when the round began, which orders the queue.
             */
            score: number;
            /**
             * Before
             * @description Its verdict when the round began; null: none.
             */
            before: ("keep" | "drop" | "disputed") | null;
            /**
             * Shared
             * @description Every reviewer sees it.
             */
            shared: boolean;
            /**
             * Lent
             * @description It belongs to another reviewer, who has not reached it.
             */
            lent: boolean;
        };
        /**
         * RaterRequest
         * @description Who asks.
         */
        RaterRequest: {
            /**
             * Rater
             * @description The secret that joining returned.
             */
            rater: string;
        };
        /**
         * RatingRequest
         * @description An answer.
         */
        RatingRequest: {
            /**
             * Rater
             * @description The secret that joining returned.
             */
            rater: string;
            /**
             * Position
             * @description Index of the question.
             */
            position: number;
            /**
             * Value
             * @description 1 to 5, the best is 5; of pairs 1: left, 2: right, 0: not sure.
             */
            value: number;
            /**
             * Milliseconds
             * @description From when it was shown.
             */
            milliseconds?: number | null;
        };
        /**
         * Readiness
         * @description The studio can answer.
         */
        Readiness: {
            /**
             * Status
             * @default ready
             * @constant
             */
            status: "ready";
        };
        /**
         * ReceivedZip
         * @description How many bytes of a zip were received; the next part begins there.
         */
        ReceivedZip: {
            /** Size */
            size: number;
        };
        /**
         * RecipeCard
         * @description A shipped recipe in short.
         */
        RecipeCard: {
            /** Name */
            name: string;
            /** Task */
            task: string;
            /** Family */
            family: string;
            /** About */
            about: string;
            /** Resolution */
            resolution: number;
            /**
             * Bars
             * @description Bars per phrase of music; null: it learns from pictures.
             */
            bars: number | null;
            /** Kimg */
            kimg: number;
        };
        /**
         * RecipeDetail
         * @description A shipped recipe with every setting.
         */
        RecipeDetail: {
            /** Name */
            name: string;
            /** Task */
            task: string;
            /** Family */
            family: string;
            /** About */
            about: string;
            /** Resolution */
            resolution: number;
            /**
             * Bars
             * @description Bars per phrase of music; null: it learns from pictures.
             */
            bars: number | null;
            /** Kimg */
            kimg: number;
            /** Settings */
            settings: components["schemas"]["Setting"][];
        };
        /**
         * RecipeList
         * @description The shipped recipes.
         */
        RecipeList: {
            /** Recipes */
            recipes: components["schemas"]["RecipeCard"][];
        };
        /**
         * RecipeSuggestion
         * @description A recipe that suits the pictures.
         */
        RecipeSuggestion: {
            /**
             * Goal
             * @description What the model will do, such as new-pictures.
             */
            goal: string;
            /**
             * Title
             * @description The goal as a phrase in English.
             */
            title: string;
            /** Recipe */
            recipe: string;
            /** About */
            about: string;
            /** Sets */
            sets: string[];
            /** Reasons */
            reasons: components["schemas"]["SuggestionReason"][];
        };
        /**
         * RefusedBundle
         * @description A bundle that cannot be used.
         */
        RefusedBundle: {
            /** Id */
            id: string;
            /**
             * Reason
             * @description Why, in English.
             */
            reason: string;
            /**
             * Code
             * @description Name of the reason, as in the errors.
             */
            code: string;
            /**
             * Params
             * @description The values that stand in the reason, by name.
             */
            params: {
                [key: string]: string | number;
            };
        };
        /**
         * RenameRequest
         * @description A new name of a run.
         */
        RenameRequest: {
            /** Name */
            name: string;
        };
        /**
         * Resemblance
         * @description A person of the gallery.
         */
        Resemblance: {
            /**
             * Person
             * @description Index in the gallery.
             */
            person: number;
            /** Name */
            name: string;
            /**
             * Shape
             * @description Share of pairs of strangers that are less alike in shape.
             */
            shape: number;
            /**
             * Overall
             * @description The same by the embedding of the whole face.
             */
            overall: number;
            /**
             * Together
             * @description The same by both, weighted.
             */
            together: number;
            /**
             * Shared
             * @description Angles that both have unlike most people.
             */
            shared: components["schemas"]["AngleReason"][];
            /**
             * Different
             * @description Angles in which they differ most.
             */
            different: components["schemas"]["AngleReason"][];
            /**
             * Outline
             * @description Lines of the face in the frontal pose.
             */
            outline: [
                number,
                number
            ][][];
        };
        /**
         * RestoredRun
         * @description The name of a run that was restored or renamed.
         */
        RestoredRun: {
            /** Run */
            run: string;
        };
        /**
         * Results
         * @description The results of a study; conditions come in the order of their values, the best first.
         */
        Results: {
            /** Title */
            title: string;
            /**
             * Mode
             * @enum {string}
             */
            mode: "acr" | "pairs" | "dcr";
            /**
             * Media
             * @description What was rated: pictures, or clips of music.
             * @default pictures
             * @enum {string}
             */
            media: "pictures" | "clips";
            /** Seed */
            seed: number;
            /** Created */
            created: string;
            /** Opened */
            opened: string | null;
            /** Closed */
            closed: string | null;
            /** Matched */
            matched: boolean;
            /** Contents */
            contents: number;
            /** Per Rater */
            per_rater: number;
            /**
             * Raters
             * @description Who took part and did not withdraw.
             */
            raters: number;
            /**
             * Counted
             * @description Raters who count.
             */
            counted: number;
            /** Withdrawn */
            withdrawn: number;
            /**
             * Silent
             * @description Raters who joined and answered nothing.
             */
            silent: number;
            /** Left Out */
            left_out: components["schemas"]["LeftOut"][];
            /** Conditions */
            conditions: components["schemas"]["ConditionResult"][];
            /** Pictures */
            pictures: components["schemas"]["PictureResult"][];
            /**
             * Alpha
             * @description Krippendorff's α among the raters who count.
             */
            alpha: number | null;
            /** Alpha Level */
            alpha_level: string;
            /**
             * Sos A
             * @description Parameter of the SOS hypothesis.
             */
            sos_a: number | null;
            /**
             * Unsure
             * @description Pairs: share of not sure.
             */
            unsure: number | null;
            /**
             * Repeats
             * @description Questions asked twice.
             */
            repeats: number;
            /**
             * Repeats Same
             * @description Share of these answered the same twice.
             */
            repeats_same: number | null;
            /**
             * Repeats Apart
             * @description Mean difference of the two answers, on a scale of five.
             */
            repeats_apart: number | null;
            /**
             * Seconds
             * @description Median time of an answer.
             */
            seconds: number | null;
            /** Notes */
            notes: string[];
        };
        /**
         * ReviewQueue
         * @description The next pictures, lowest score first. Continue with ``after`` and the number of the last one.
         */
        ReviewQueue: {
            /** Pictures */
            pictures: components["schemas"]["QueuedPicture"][];
            progress: components["schemas"]["ReviewerProgress"];
        };
        /**
         * ReviewRound
         * @description A round. ``settled`` counts pictures that need no more verdicts, ``shared`` those that every reviewer sees.
         */
        ReviewRound: {
            /** Number */
            number: number;
            /**
             * Scope
             * @enum {string}
             */
            scope: "all" | "not_dropped" | "kept" | "dropped" | "disputed" | "undecided";
            /** Overlap */
            overlap: number;
            /**
             * Opened
             * Format: date-time
             */
            opened: string;
            /** Closed */
            closed: string | null;
            /** Pictures */
            pictures: number;
            /** Settled */
            settled: number;
            /** Shared */
            shared: number;
            /** Reviewers */
            reviewers: string[];
        };
        /**
         * ReviewState
         * @description The catalogue under review.
         */
        ReviewState: {
            /**
             * Catalogue
             * @description Name of the catalogue.
             */
            catalogue: string;
            /**
             * Reviewer
             * @description Name of the person at this machine; null: unknown.
             */
            reviewer: string | null;
            counts: components["schemas"]["CatalogueCounts"];
            /** Rounds */
            rounds: components["schemas"]["ReviewRound"][];
            /** Reasons */
            reasons: components["schemas"]["DropReason"][];
            /**
             * Checks
             * @description of the rules for portraits, in their order
             */
            checks: components["schemas"]["CheckDescription"][];
        };
        /**
         * ReviewerProgress
         * @description The progress of a reviewer; ``waiting`` counts the own pictures still to come.
         */
        ReviewerProgress: {
            /** Kept */
            kept: number;
            /** Dropped */
            dropped: number;
            /** Skipped */
            skipped: number;
            /** Waiting */
            waiting: number;
        };
        /**
         * RoundAgreement
         * @description The agreement of the reviewers beyond chance: 1 is perfect, 0 is chance; null where it is not defined.
         */
        RoundAgreement: {
            /**
             * Method
             * @enum {string}
             */
            method: "cohen" | "fleiss";
            /** Reviewers */
            reviewers: string[];
            /**
             * Pictures
             * @description Number of pictures that two or more judged.
             */
            pictures: number;
            /** Same */
            same: number;
            /** Kappa */
            kappa: number | null;
            /** Pairs */
            pairs: components["schemas"]["PairAgreement"][];
            /**
             * Disputed
             * @description Numbers of the pictures on which verdicts differ.
             */
            disputed: number[];
        };
        /**
         * RoundChange
         * @description How many pictures a round moved from one verdict (null: undecided) to another.
         */
        RoundChange: {
            /** Before */
            before: ("keep" | "drop" | "disputed") | null;
            /** After */
            after: ("keep" | "drop" | "disputed") | null;
            /** Pictures */
            pictures: number;
        };
        /**
         * RoundDetail
         * @description A round with the progress of every reviewer and the changes so far.
         */
        RoundDetail: {
            /** Number */
            number: number;
            /**
             * Scope
             * @enum {string}
             */
            scope: "all" | "not_dropped" | "kept" | "dropped" | "disputed" | "undecided";
            /** Overlap */
            overlap: number;
            /**
             * Opened
             * Format: date-time
             */
            opened: string;
            /** Closed */
            closed: string | null;
            /** Pictures */
            pictures: number;
            /** Settled */
            settled: number;
            /** Shared */
            shared: number;
            /** Reviewers */
            reviewers: string[];
            /** Progress */
            progress: components["schemas"]["NamedProgress"][];
            /** Changes */
            changes: components["schemas"]["RoundChange"][];
        };
        /**
         * RoundRequest
         * @description The next round.
         */
        RoundRequest: {
            /**
             * Scope
             * @description Which pictures; null: all in the first round, later those not dropped.
             */
            scope?: ("all" | "not_dropped" | "kept" | "dropped" | "disputed" | "undecided") | null;
            /**
             * Overlap
             * @description Share of pictures that every reviewer sees.
             * @default 0.1
             */
            overlap: number;
        };
        /**
         * RunCard
         * @description A run in short.
         */
        RunCard: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            status: components["schemas"]["RunStatus"];
            /** @description A file of the run that cannot be read; null: none. */
            unreadable: components["schemas"]["UnreadableFile"] | null;
            /** @description The newest sample sheet; null: none. */
            sheet: components["schemas"]["SheetLink"] | null;
            /** @description The first metric of the last evaluation; null: none. */
            metric: components["schemas"]["RunMetric"] | null;
        };
        /**
         * RunDetail
         * @description A run in full.
         */
        RunDetail: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            status: components["schemas"]["RunStatus"];
            /** @description A file of the run that cannot be read; null: none. */
            unreadable: components["schemas"]["UnreadableFile"] | null;
            /** @description The newest sample sheet; null: none. */
            sheet: components["schemas"]["SheetLink"] | null;
            /** @description The first metric of the last evaluation; null: none. */
            metric: components["schemas"]["RunMetric"] | null;
            /** Recipe */
            recipe: {
                [key: string]: unknown;
            };
            /** Health */
            health: components["schemas"]["HealthSentence"][];
            /** Sheets */
            sheets: components["schemas"]["SheetLink"][];
            /** Metrics */
            metrics: components["schemas"]["RunMetric"][];
            /**
             * Bundle
             * @description Id of the bundle it made; null: none.
             */
            bundle: string | null;
        };
        /**
         * RunList
         * @description All runs, the last changed first.
         */
        RunList: {
            /** Runs */
            runs: components["schemas"]["RunCard"][];
        };
        /**
         * RunMetric
         * @description A line of ``metrics.jsonl``.
         */
        RunMetric: {
            /** Metric */
            metric: string;
            /** Value */
            value: number;
            /** Std */
            std?: number | null;
            /** Nimg */
            nimg?: number | null;
            /**
             * Protocol
             * @default {}
             */
            protocol: {
                [key: string]: unknown;
            };
        };
        /**
         * RunStatus
         * @description The status of a run.
         */
        RunStatus: {
            /**
             * State
             * @description A run whose process ended without a final state counts as stopped.
             * @default unknown
             * @enum {string}
             */
            state: "running" | "finished" | "stopped" | "failed" | "unknown";
            /** Pid */
            pid?: number | null;
            /** Family */
            family?: string | null;
            /** Task */
            task?: string | null;
            /** Recipe */
            recipe?: string | null;
            /** Stage */
            stage?: string | null;
            /**
             * Nimg
             * @default 0
             */
            nimg: number;
            /** Kimg */
            kimg?: number | null;
            /** Total Kimg */
            total_kimg?: number | null;
            /** Progress */
            progress?: number | null;
            /** Images Per Second */
            images_per_second?: number | null;
            /** Eta Seconds */
            eta_seconds?: number | null;
            /** Memory Mb */
            memory_mb?: number | null;
            /** Started */
            started?: string | null;
            /** Updated */
            updated?: string | null;
            /** Latest Sheet */
            latest_sheet?: string | null;
            /**
             * Health
             * @default []
             */
            health: components["schemas"]["HealthSentence"][];
            /** @description The process that trains the run now; null: none. */
            trainer?: components["schemas"]["RunTrainer"] | null;
        };
        /**
         * RunTrainer
         * @description The process that trains a run.
         */
        RunTrainer: {
            /**
             * Host
             * @description Name of its machine.
             */
            host: string;
            /**
             * Pid
             * @description Its number there.
             */
            pid: number;
            /**
             * Started
             * @description When it was started, ISO 8601 in UTC.
             */
            started: string;
        };
        /**
         * SaidVerdict
         * @description A verdict. ``client_id`` is made by the sender (a UUID): the same one sent again counts once.
         */
        SaidVerdict: {
            /**
             * Id
             * @description Number of the picture.
             */
            id: number;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "keep" | "drop" | "skip";
            /**
             * Reason
             * @description Key of a drop reason; required to drop.
             */
            reason?: string | null;
            /** Client Id */
            client_id: string;
        };
        /**
         * SessionState
         * @description What the person who sends the request may do.
         */
        SessionState: {
            /**
             * Role
             * @description player uses models, reviewer also judges, owner does everything; null: none.
             */
            role: ("player" | "reviewer" | "owner") | null;
            /**
             * Name
             * @description The person's name; empty: unknown.
             */
            name: string;
            /**
             * Named
             * @description The name belongs to the token and cannot be another.
             */
            named: boolean;
            /**
             * Signed In
             * @description The role comes from a token.
             */
            signed_in: boolean;
            /**
             * Local
             * @description The studio serves this machine only: nobody signs in, and everything is allowed.
             */
            local: boolean;
        };
        /**
         * Setting
         * @description A setting of a recipe.
         */
        Setting: {
            /**
             * Key
             * @description Dotted path, such as train.kimg.
             */
            key: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "integer" | "number" | "boolean" | "choice" | "text" | "list";
            /** Description */
            description: string;
            /**
             * Value
             * @description The recipe's value.
             */
            value: unknown;
            /**
             * Optional
             * @description It may be null.
             */
            optional: boolean;
            /**
             * Choices
             * @description The values of a choice, and of the items of a list; empty: any.
             */
            choices: unknown[];
            /** Minimum */
            minimum: number | null;
            /** Maximum */
            maximum: number | null;
            /**
             * Above
             * @description The value is greater than this; null: no such limit.
             */
            above: number | null;
            /**
             * Below
             * @description The value is less than this; null: no such limit.
             */
            below: number | null;
        };
        /**
         * SharedDrawing
         * @description A drawing and the settings it was painted with.
         */
        SharedDrawing: {
            /**
             * Model
             * @description Id of the bundle that painted it.
             */
            model: string;
            /**
             * K
             * @description Number of real sketches that each part was compared with; null: the model does not compare.
             */
            k?: number | null;
            /**
             * T
             * @description Share of the drawing itself that stayed, by part.
             */
            t?: {
                [key: string]: number;
            } | null;
            /**
             * Colours
             * @description Colours that regions of the portrait were moved to, as #rrggbb; null: none.
             */
            colours?: {
                [key: string]: string;
            } | null;
            /**
             * Drawing
             * @description The drawing as the Draw page saves it in a file; strokes only.
             */
            drawing: {
                [key: string]: unknown;
            };
        };
        /**
         * SharedLink
         * @description The id of a shared drawing.
         */
        SharedLink: {
            /**
             * Id
             * @description The same drawing with the same settings has the same id.
             */
            id: string;
        };
        /**
         * Shares
         * @description How much of the drawing itself may stay: 0 uses real sketches only, 1 the drawing unchanged.
         */
        Shares: {
            /** Least */
            least: number;
            /** Most */
            most: number;
            /** Usual */
            usual: number;
        };
        /**
         * SheetLink
         * @description A sample sheet.
         */
        SheetLink: {
            /** Nimg */
            nimg: number;
            /** Url */
            url: string;
            /**
             * Music
             * @description Address of the notes in it; null: none are stored.
             */
            music?: string | null;
        };
        /**
         * SheetMusic
         * @description The phrases of a sample sheet.
         */
        SheetMusic: {
            format: components["schemas"]["MusicFormat"];
            /**
             * Phrases
             * @description In the order of the sheet, row by row.
             */
            phrases: components["schemas"]["Phrase"][];
        };
        /**
         * Shown
         * @description A picture or a clip of a question.
         */
        Shown: {
            /** Id */
            id: string;
            /**
             * Width
             * @description Pixels; 0 of a clip.
             */
            width: number;
            /**
             * Height
             * @description Pixels; 0 of a clip.
             */
            height: number;
        };
        /**
         * SignInRequest
         * @description A token, and who uses it.
         */
        SignInRequest: {
            /** Token */
            token: string;
            /**
             * Name
             * @description Name of the person; a token that has a name keeps its own.
             * @default
             */
            name: string;
        };
        /**
         * Sketches
         * @description How many real sketches each part of a drawing may be compared with.
         */
        Sketches: {
            /** Least */
            least: number;
            /** Most */
            most: number;
            /** Usual */
            usual: number;
        };
        /**
         * Stats
         * @description Lines of ``stats.jsonl``; ``next`` is the value of ``after`` for the next request.
         */
        Stats: {
            /** Stats */
            stats: {
                [key: string]: number | string | null;
            }[];
            /** Next */
            next: number;
        };
        /**
         * Strength
         * @description How far to move along a direction.
         */
        Strength: {
            /** Number */
            number: number;
            /**
             * Strength
             * @description In standard deviations.
             */
            strength: number;
        };
        /**
         * StudyClip
         * @description A clip of music, without anything that tells where it comes from.
         */
        StudyClip: {
            /**
             * Tempo
             * @description Quarter notes per minute.
             */
            tempo: number;
            /**
             * Beats
             * @description Quarter notes per bar.
             */
            beats: number;
            /**
             * Beat Steps
             * @description Time steps per quarter note.
             */
            beat_steps: number;
            /**
             * Steps
             * @description Its length in time steps.
             */
            steps: number;
            /**
             * Tracks
             * @description What plays each track.
             */
            tracks: components["schemas"]["ClipTrack"][];
            /**
             * Notes
             * @description By start.
             */
            notes: components["schemas"]["ClipNote"][];
        };
        /**
         * StudySummary
         * @description A study, without anything that tells what is compared.
         */
        StudySummary: {
            /** Id */
            id: string;
            /** Title */
            title: string;
            /**
             * Mode
             * @description acr: one picture, 1 to 5; pairs: which of two; dcr: how far from the reference.
             * @enum {string}
             */
            mode: "acr" | "pairs" | "dcr";
            /**
             * Media
             * @description What is rated: pictures, or clips of music.
             * @enum {string}
             */
            media: "pictures" | "clips";
            /**
             * State
             * @enum {string}
             */
            state: "new" | "open" | "closed";
            /**
             * Questions
             * @description Questions that one rater is asked.
             */
            questions: number;
            /**
             * Raters
             * @description Who took part and did not withdraw; null for people who are not owners.
             */
            raters: number | null;
            /**
             * Finished
             * @description Of these, who answered everything; null likewise.
             */
            finished: number | null;
        };
        /**
         * SuggestionList
         * @description What the pictures or the music are, and what can be learned from them, best first.
         */
        SuggestionList: {
            /** @description Null: they are music. */
            survey: components["schemas"]["PictureSurvey"] | null;
            /** @description Null: they are pictures. */
            music: components["schemas"]["MusicFilesSurvey"] | null;
            /** Suggestions */
            suggestions: components["schemas"]["RecipeSuggestion"][];
            /** Missing */
            missing: components["schemas"]["MissingGoal"][];
        };
        /**
         * SuggestionReason
         * @description Why something is suggested.
         */
        SuggestionReason: {
            /** Key */
            key: string;
            /** Params */
            params: {
                [key: string]: string | number;
            };
            /** Sentence */
            sentence: string;
        };
        /**
         * Summary
         * @description What a model does: a key and parameters for translated pages, and the English sentence without its full stop.
         */
        Summary: {
            /**
             * Key
             * @description names the sentence for translation
             */
            key: string;
            /**
             * Params
             * @description the values in the sentence
             * @default {}
             */
            params: {
                [key: string]: number | string;
            };
            /**
             * Sentence
             * @description in English
             */
            sentence: string;
        };
        /**
         * TextBox
         * @description A line of text: ``x`` and ``y`` in mm are where its foot begins, is centred or ends.
         */
        TextBox: {
            /** Id */
            id: string;
            /**
             * Side
             * @enum {string}
             */
            side: "front" | "back";
            /** X */
            x: number;
            /** Y */
            y: number;
            /**
             * Width
             * @description mm; longer texts are set smaller
             */
            width: number;
            /**
             * Size
             * @description points
             */
            size: number;
            /**
             * Font
             * @enum {string}
             */
            font: "sans" | "sans-bold" | "serif-bold";
            /**
             * Colour
             * @enum {string}
             */
            colour: "ground" | "accent" | "second" | "ink" | "paper";
            /**
             * Align
             * @enum {string}
             */
            align: "left" | "centre" | "right";
            /**
             * Tracking
             * @description space between letters, in parts of the size
             * @default 0
             */
            tracking: number;
            /** Example */
            example: {
                [key: string]: string;
            };
        };
        /**
         * TrackInfo
         * @description A track of a model.
         */
        TrackInfo: {
            /** Name */
            name: string;
            /**
             * Program
             * @description General MIDI program of the training data, from 0.
             */
            program: number;
            /**
             * Drums
             * @description Its pitches are instruments of the drum kit.
             */
            drums: boolean;
        };
        /**
         * Trainer
         * @description A process that trains a run.
         */
        Trainer: {
            /** Host */
            host: string;
            /** Pid */
            pid: number;
            /**
             * Started
             * @description start of the process, ISO 8601 in UTC
             */
            started: string;
            /**
             * Start Ticks
             * @description start of the process in clock ticks since boot (Linux)
             */
            start_ticks?: number | null;
            /**
             * Boot
             * @description random id of the boot of the machine (Linux)
             */
            boot?: string | null;
        };
        /**
         * Training
         * @description A training: what is trained on what, and where it stands.
         */
        Training: {
            /**
             * Run
             * @description name of the run's folder
             */
            run: string;
            /**
             * Recipe
             * @description name of a shipped recipe
             */
            recipe: string;
            /**
             * Data
             * @description name of the pictures in the folder of pictures
             */
            data: string;
            /**
             * Sets
             * @description changes of settings, each KEY=VALUE
             * @default []
             */
            sets: string[];
            /**
             * Kimg
             * @description length in kimg
             */
            kimg: number;
            /**
             * Start
             * @description path of the bundle that it begins from; None: random weights
             */
            start?: string | null;
            /**
             * State
             * @default queued
             * @enum {string}
             */
            state: "queued" | "running" | "paused" | "finished" | "failed" | "stopped";
            /**
             * Ending
             * @description what a running training that was asked to stop becomes
             */
            ending?: ("paused" | "stopped") | null;
            /** @description the process of a running training; None: unknown */
            process?: components["schemas"]["Trainer"] | null;
            /**
             * Created
             * @description ISO 8601 in UTC, as the other times
             */
            created: string;
            /** Started */
            started?: string | null;
            /** Ended */
            ended?: string | null;
            error?: components["schemas"]["TrainingError"] | null;
        };
        /**
         * TrainingCard
         * @description A training that the studio started.
         */
        TrainingCard: {
            /**
             * Run
             * @description Id of its run.
             */
            run: string;
            /** Recipe */
            recipe: string;
            /**
             * Data
             * @description Name of the pictures.
             */
            data: string;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "paused" | "finished" | "failed" | "stopped";
            /**
             * Stopping
             * @description It was asked to stop and still saves what it has learned.
             */
            stopping: boolean;
            /**
             * Place
             * @description Place in the queue from 1; null: it does not wait.
             */
            place: number | null;
            /**
             * Kimg
             * @description Length of the training in kimg.
             */
            kimg: number;
            /**
             * Created
             * @description ISO 8601 in UTC, as the other times.
             */
            created: string;
            /** Started */
            started: string | null;
            /** Ended */
            ended: string | null;
            /** @description Why it failed; null: it did not. */
            error: components["schemas"]["TrainingError"] | null;
            /**
             * Drawn
             * @description Share of its sample pictures that are drawn; null: none are being drawn.
             */
            drawn: number | null;
        };
        /**
         * TrainingError
         * @description Why a training failed.
         */
        TrainingError: {
            /** Sentence */
            sentence: string;
            /** Code */
            code: string;
            /**
             * Params
             * @default {}
             */
            params: {
                [key: string]: string | number;
            };
        };
        /**
         * TrainingList
         * @description The trainings that the studio started, and the runs that can be restored.
         */
        TrainingList: {
            /**
             * Trainings
             * @description In the order in which they were added.
             */
            trainings: components["schemas"]["TrainingCard"][];
            /**
             * Deleted
             * @description The last deleted first.
             */
            deleted: components["schemas"]["DeletedRun"][];
        };
        /**
         * TrainingRequest
         * @description A training to put into the queue.
         */
        TrainingRequest: {
            /**
             * Recipe
             * @description Name of a shipped recipe.
             */
            recipe: string;
            /**
             * Data
             * @description Name of the pictures.
             */
            data: string;
            /**
             * Name
             * @description Name of the run; null: that of recipe and pictures.
             */
            name?: string | null;
            /**
             * Sets
             * @description Changes of settings, each KEY=VALUE.
             * @default []
             */
            sets: string[];
            /**
             * Start
             * @description Id of the bundle to begin from; null: none.
             */
            start?: string | null;
        };
        /**
         * UndoAnswer
         * @description The picture whose verdict was taken back; null: there was none.
         */
        UndoAnswer: {
            picture: components["schemas"]["QueuedPicture"] | null;
            progress: components["schemas"]["ReviewerProgress"];
        };
        /**
         * UndoRequest
         * @description Take back the last verdict that still counts; the same ``client_id`` sent again takes back no other.
         */
        UndoRequest: {
            /**
             * Reviewer
             * @description Name of the reviewer.
             */
            reviewer: string;
            /** Client Id */
            client_id: string;
        };
        /**
         * Unpacked
         * @description How far an uploaded zip is unpacked.
         */
        Unpacked: {
            /** Done */
            done: number;
            /** Total */
            total: number;
            /** Ended */
            ended: boolean;
            error: components["schemas"]["TrainingError"] | null;
        };
        /**
         * UnreadableFile
         * @description A file of a run that exists but cannot be read.
         */
        UnreadableFile: {
            /**
             * Reason
             * @description Why, in English.
             */
            reason: string;
            /**
             * Code
             * @description Name of the reason, as in the errors.
             */
            code: string;
            /**
             * Params
             * @description The values that stand in the reason, by name.
             */
            params: {
                [key: string]: string | number;
            };
        };
        /**
         * VerdictAnswer
         * @description The result of a verdict: ``repeated`` if it was saved before, ``refused`` with the reason.
         */
        VerdictAnswer: {
            /** Client Id */
            client_id: string;
            /** Id */
            id: number;
            /**
             * Status
             * @enum {string}
             */
            status: "saved" | "repeated" | "refused";
            /**
             * Why
             * @description Why it was refused, in English; null: it was not.
             */
            why: string | null;
            /**
             * Code
             * @description Name of the reason, as in the errors; null: none.
             */
            code: string | null;
            /**
             * Params
             * @description The values that stand in the reason, by name.
             */
            params: {
                [key: string]: string | number;
            };
        };
        /**
         * VerdictsAnswer
         * @description The result of each verdict, in order; a refused one does not stop the others.
         */
        VerdictsAnswer: {
            /** Answers */
            answers: components["schemas"]["VerdictAnswer"][];
            progress: components["schemas"]["ReviewerProgress"];
        };
        /**
         * VerdictsRequest
         * @description Verdicts of one reviewer, in the order in which they were given.
         */
        VerdictsRequest: {
            /**
             * Reviewer
             * @description Name of the reviewer.
             */
            reviewer: string;
            /** Verdicts */
            verdicts: components["schemas"]["SaidVerdict"][];
        };
        /**
         * Problem
         * @description An error (RFC 9457).
         *
         *     ``detail`` is one English sentence that says what is wrong and what to do. ``code`` and ``params`` say the same for
         *     a page in another language.
         */
        Problem: {
            /**
             * Type
             * @default about:blank
             */
            type: string;
            /** Title */
            title: string;
            /** Status */
            status: number;
            /** Detail */
            detail: string;
            /**
             * Code
             * @description Stable name of the error, such as no-face.
             */
            code: string;
            /**
             * Params
             * @description The values that stand in the sentence, by name.
             */
            params: {
                [key: string]: string | number;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBundles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BundleList"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BundleDetail"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A grid of pictures that the model made. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readPortraitParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortraitParts"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    paintPortrait: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any name of the client: clients that draw at once take turns, each with its newest drawing. */
                "X-Asker"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_paintPortrait"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortraitAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sketchPhoto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_sketchPhoto"];
            };
        };
        responses: {
            /** @description Grey strokes on white; its side is 512 pixels, or the model's own if that is larger. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shareDrawing: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SharedDrawing"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedLink"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readSharedDrawing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedDrawing"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getImage: {
        parameters: {
            query: {
                /** @description Seed of the picture; the same seed gives the same picture. */
                seed: number;
                /** @description Number of the class; left out: the one that the seed decides. */
                class?: number | null;
                /** @description Truncation; 1 means none, 0 no variation. */
                psi?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture of this seed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GenerateRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerateAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAbilities: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Abilities"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    interpolate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InterpolateRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Frames"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    film: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilmRequest"];
            };
        };
        responses: {
            /** @description The film. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                    "image/gif": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mix: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MixRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MixAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDirections: {
        parameters: {
            query?: {
                /** @description Left out: the first one there is. */
                first_layer?: number | null;
                /** @description Left out: the last one there is. */
                last_layer?: number | null;
                /** @description How many directions to list. */
                count?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DirectionsAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Frames"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_project"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectionStarted"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProjection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectionState"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopProjection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNeighbours: {
        parameters: {
            query?: {
                /** @description Seed of the first sample; the others count up. */
                seed?: number;
                /** @description How many samples. */
                count?: number;
                /** @description Truncation; 1 means none, 0 no variation. */
                psi?: number;
                /** @description Class of the samples; left out: each seed decides its own. */
                class_name?: string | null;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NeighboursAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    translate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_translate"];
            };
        };
        responses: {
            /** @description The translation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    heatmap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_heatmap"];
            };
        };
        responses: {
            /** @description The attention map: grey, of the model's size, white where the attention is highest. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prepare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_prepare"];
            };
        };
        responses: {
            /** @description The picture to show beside the answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    carryOver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_carryOver"];
            };
        };
        responses: {
            /** @description The picture in the other style. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    makeUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_makeUp"];
            };
        };
        responses: {
            /** @description The picture with the make-up of the references, in its own size. */
            200: {
                headers: {
                    /** @description Similarity of the faces before and after: cosine of SFace, at least 0.9. */
                    "X-Likeness"?: string;
                    /** @description Share of the make-up that is applied, below 1 where more would have left a likeness below 0.9. */
                    "X-Make-Up-Share"?: string;
                    /** @description The same share of eyes, liner and brows, which are reduced first. */
                    "X-Make-Up-Eyes"?: string;
                    /** @description Regions that no reference shows, separated by commas. */
                    "X-Make-Up-Missing"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prepareMakeUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_prepareMakeUp"];
            };
        };
        responses: {
            /** @description The picture to show beside the answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readCardKit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CardKit"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readCardFont: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "sans" | "sans-bold" | "serif-bold";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A TrueType font. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "font/ttf": unknown;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    drawCartoon: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_drawCartoon"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartoonAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkCard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_checkCard"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CardCheck"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    printCard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_printCard"];
            };
        };
        responses: {
            /** @description Front, back, and the page about the model. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cardForBank: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_cardForBank"];
            };
        };
        responses: {
            /** @description The front in the size of the bank. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readMusicFormat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MusicFormat"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compose: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ComposeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Composition"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accompany: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_accompany"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Composition"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readSheetMusic: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                nimg: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SheetMusic"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listGalleries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GallerySummary"][];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getGalleryPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                person: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A small picture of the person. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findLookalikes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_findLookalikes"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LookalikeAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    breedMontage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BreedMontage"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MontageAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeMontagePart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePart"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MontageAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    morphMontage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MorphFaces"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MontageAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportMontage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportFace"];
            };
        };
        responses: {
            /** @description The face, with its origin in its metadata (XMP). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listStudies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudySummary"][];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    joinStudy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readQuestion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RaterRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Question"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendRating: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RatingRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Question"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawFromStudy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RaterRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStudyPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                picture: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStudyClip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                clip: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudyClip"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openStudy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudySummary"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    closeStudy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudySummary"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Results"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStudyReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrainings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingList"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTraining: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrainingRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSampleTraining: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseTraining: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopTraining: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeTraining: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prolongTraining: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProlongRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renameRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoredRun"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedRun"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restoreRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoredRun"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPictureSets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureSetList"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPictureSet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPictureSet"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureSetCard"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPictureSet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureSetDetail"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePictureSet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    expectPictures: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExpectedFiles"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPicturePaths: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PicturePaths"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSetThumbnail: {
        parameters: {
            query: {
                /** @description Path of the picture in its folder. */
                path: string;
                /** @description The longer side in pixels. */
                size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description WebP */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_addPicture"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptPicture"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addZipPart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_addZipPart"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceivedZip"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unpackZip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unpacked"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suggestRecipes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestionList"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRecipes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipeList"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecipe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipeDetail"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRuns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunList"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetail"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description Lines up to this number of images are left out. */
                after?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSheet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                nimg: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A grid of samples. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followRun: {
        parameters: {
            query?: {
                /** @description Lines of stats up to this number of images are left out. */
                after?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewState"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openRound: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoundRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewRound"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRound: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the round. */
                round: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundDetail"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the round. */
                round: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundAgreement"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    joinRound: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the round. */
                round: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewerProgress"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getQueue: {
        parameters: {
            query: {
                /** @description Name of the reviewer. */
                reviewer: string;
                /** @description Number of the last picture received; left out: from where the reviewer stopped. */
                after?: number | null;
                /** @description How many pictures. */
                count?: number;
                /** @description True: the pictures that the reviewer skipped. */
                skipped?: boolean;
            };
            header?: never;
            path: {
                /** @description Number of the round. */
                round: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewQueue"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendVerdicts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the round. */
                round: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerdictsRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerdictsAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undoVerdict: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the round. */
                round: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoAnswer"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the picture. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PictureDetail"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getThumbnail: {
        parameters: {
            query?: {
                /** @description The longer side in pixels; the next larger size that exists is returned. */
                size?: number;
            };
            header?: never;
            path: {
                /** @description Number of the picture. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description WebP */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": string;
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What is wrong and what to do. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
