const page = new FilmPage(pageData(), pageSound());
